import JSONCore
import Testing
import Varlink

@Suite struct InterfaceDescriptionTests {
    private func failure(_ source: String) -> String? {
        do {
            _ = try InterfaceDescription(parsing: source)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func testDocumentationIsTheCommentDirectlyAbove() throws {
        let description = try InterfaceDescription(
            parsing: """
                # A licence.

                # What it is for.
                #   Indented.
                interface org.example.test # not this
                # Far away.

                method First() -> () # nor this
                # Above it.
                #
                # After a gap.
                method Second(
                  # The field.
                  a: int, # nor this
                  b: (
                    # The case.
                    one, two)
                ) -> ()
                """)
        #expect(description.documentation == "What it is for.\n  Indented.")
        #expect(description.methods.map(\.documentation) == ["", "Above it.\n\nAfter a gap."])
        let fields = description.methods[1].parameters.fields
        #expect(fields.map(\.documentation) == ["The field.", ""])
        guard case .enumeration(let cases) = fields[1].type else { throw Fixture.Unexpected() }
        #expect(cases.map(\.name) == ["one", "two"])
        #expect(cases.map(\.documentation) == ["The case.", ""])
    }

    @Test func testTheCertificationInterfaceParses() {
        let description = CertificationService.description
        #expect(description.name == "org.varlink.certification")
        #expect(description.methods.count == 13 && description.types.count == 2 && description.errors.count == 2)
    }

    @Test(arguments: [
        ("", "1:1: expected 'interface'"),
        ("interface test", "1:11: expected an interface's name such as org.example.service"),
        ("interface 1org.test", "1:11: expected an interface's name such as org.example.service"),
        ("interface org.test-", "1:11: expected an interface's name such as org.example.service"),
        ("interface org..test", "1:11: expected an interface's name such as org.example.service"),
        ("interface org.test\nmehtod A() -> ()", "2:1: expected 'method', 'type' or 'error', found 'mehtod'"),
        ("interface org.test\n\n?", "3:1: expected 'method', 'type' or 'error', found '?'"),
        (
            "interface org.test\nmethod a() -> ()",
            "2:8: expected a name of letters and digits that begins with a capital letter"
        ),
        ("interface org.test\nmethod A() ->", "2:14: expected '(', found the end of the text"),
        ("interface org.test\nmethod A()", "2:11: expected '->', found the end of the text"),
        ("interface org.test\nmethod A(a) -> ()", "2:9: expected fields with types, found an enumeration"),
        ("interface org.test\nmethod A(a: int, b) -> ()", "2:18: fields with and without a type are mixed"),
        ("interface org.test\ntype A (a, b: int)", "2:12: fields with and without a type are mixed"),
        ("interface org.test\ntype A (a: int, a: int)", "2:17: a is given twice"),
        ("interface org.test\ntype A ()\nerror A ()", "3:7: A is described twice"),
        ("interface org.test\ntype A (a: B)", "2:12: type B is not described"),
        ("interface org.test\ntype A (a: ??int)", "2:13: '??' says no more than '?'"),
        ("interface org.test\ntype A (a: [int]int)", "2:13: expected 'string', found 'i'"),
        ("interface org.test\ntype A (a_: int)", "2:9: expected a field's name, found 'a_'"),
        ("interface org.test\ntype A (a: int,)", "2:16: expected a field's name, found ')'"),
        ("interface org.test\ntype A (a: integer)", "2:12: expected a type, found 'integer'"),
        ("interface org.test\ntype A (a: int", "2:15: expected ',' or ')', found the end of the text"),
        ("interface org.test\ntype A int", "2:8: expected '(', found 'i'"),
    ])
    func testAMistakeIsFoundWhereItIs(_ source: String, _ error: String) {
        #expect(failure(source) == error)
    }

    @Test func testNestingWithoutEndIsRefused() {
        for open in ["[]", "(a: ", "[string]"] {
            let source = "interface org.test\ntype A (a: " + String(repeating: open, count: 100_000)
            #expect(failure(source)?.hasSuffix("nested deeper than 64 levels") == true)
        }
    }

    @Test func testMutationsOfADescriptionNeverCrashTheParser() {
        var random = SeededGenerator(seed: 7)
        let pool = Array("()[]?:,->#\n \t_.aZ0".utf8) + [0, 0xFF]
        for source in [Fixture.description.source, CertificationService.description.source] {
            for _ in 0..<3000 {
                var bytes = Array(source.utf8)
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let index = bytes.indices.randomElement(using: &random)!
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes.remove(at: index)
                    case 1: bytes.insert(pool.randomElement(using: &random)!, at: index)
                    case 2: bytes[index] = pool.randomElement(using: &random)!
                    default:
                        let end = min(bytes.count, index + Int.random(in: 1...200, using: &random))
                        bytes.removeSubrange(index..<end)
                    }
                }
                let text = String(decoding: bytes, as: UTF8.self)
                guard let description = try? InterfaceDescription(parsing: text) else { continue }
                for method in description.methods { _ = try? description.validate(parameters: [:], of: method.name) }
            }
        }
    }
}
