import JSONCore
import Testing

@testable import rotationctl

@Suite struct FormAssignmentTests {
    private func form(_ texts: String..., from start: JSON = [:]) throws -> JSON {
        var form = start
        for text in texts { try FormAssignment(text).apply(to: &form) }
        return form
    }

    @Test func testAPathMakesGroupsAndLists() throws {
        #expect(try form("a.b=c") == ["a": ["b": "c"]])
        #expect(try form("l.0.t=x", "l.1.t=y", "l.-.t=z") == ["l": [["t": "x"], ["t": "y"], ["t": "z"]]])
        #expect(try form("l.-=1", "l.-=2", "l.0=3") == ["l": [3, 2]])
        #expect(try form("a.b=2", from: ["a": ["b": 1, "c": 1], "d": 1]) == ["a": ["b": 2, "c": 1], "d": 1])
        #expect(try form(#"a\.b=c"#, #"x\=y=1"#) == ["a.b": "c", "x=y": 1])
    }

    @Test(arguments: [
        ("true", JSON.bool(true)), ("12", 12), ("-1.5", -1.5), ("null", .null), ("", .null), ("~", .null),
        ("\"12\"", "12"), ("'a'", "a"), ("0905123456", "0905123456"), ("2022-07-31", "2022-07-31"), ("no", "no"),
        ("Ghi chú: bổ sung", "Ghi chú: bổ sung"), ("a # b", "a # b"), ("a=b", "a=b"), ("[1]", "[1]"), ("*x", "*x"),
        ("1 # một", "1 # một"), ("a, b", "a, b"), ("\"\"", ""),
    ])
    func testAValueIsAScalarOrTheTextAsItStands(text: String, value: JSON) throws {
        #expect(try FormAssignment("a=\(text)").value == value)
    }

    @Test func testWhatCannotBeSetIsRefusedWithTheReason() {
        #expect(throws: FormAssignment.Problem.noValue("abc")) { try FormAssignment("abc") }
        #expect(throws: FormAssignment.Problem.noValue("=c")) { try FormAssignment("=c") }
        #expect(throws: FormAssignment.Problem.noValue("a..b=c")) { try FormAssignment("a..b=c") }
        #expect(throws: FormAssignment.Problem.badQuotes("a=\"x")) { try FormAssignment("a=\"x") }
        #expect(throws: FormAssignment.Problem.index("l.2=x", count: 1)) { try form("l.2=x", from: ["l": [1]]) }
        #expect(throws: FormAssignment.Problem.index("l.t=x", count: 1)) { try form("l.t=x", from: ["l": [1]]) }
        #expect(throws: FormAssignment.Problem.scalar("a.b.c=x", at: "a.b")) {
            try form("a.b.c=x", from: ["a": ["b": 1]])
        }
    }
}
