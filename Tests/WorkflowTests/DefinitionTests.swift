import JSONCore
import Testing

@testable import Workflow

@Suite struct DefinitionTests {
    @Test func testTheShippedDefinitionsLoad() throws {
        do {
            _ = try Rehearsal.onboarding.get()
            _ = try Rehearsal.monthly.get()
        } catch let problems as DefinitionProblems {
            Issue.record("\(problems)")
        }
    }

    @Test func testADraftHasTheMembersOfTheProgram() throws {
        let forms = try Rehearsal.forms()
        let program = try JSON(parsing: forms["action-program"] ?? "")
        let draft = try JSON(parsing: forms["action-program-draft"] ?? "")
        #expect(program["$defs"] == draft["$defs"])
        let members = [program, draft].map { $0["properties"]?.objectValue.map { Array($0.keys) } }
        #expect(members[0] != nil && members[0] == members[1])
    }

    /// The smallest workflow that loads; tests break one line of it.
    static let small = """
        workflow: small
        version: 1
        title: {vi: Nhỏ, en: Small}
        case: {title: "Việc", subject: /who, unit: /where}
        roles:
          board: {title: {vi: Ban, en: Board}, in: district}
        ballots:
          poll:
            title: {vi: Phiếu, en: Poll}
            electorate: board
            options: {yes_: {vi: Có, en: Yes}, no_: {vi: Không, en: No}}
        open:
          title: {vi: Mở, en: Open}
          by: board
          form: note
          record: [{put: /opening}]
          to: first
        states:
          first:
            title: {vi: Một, en: First}
            events:
              go: {title: {vi: Đi, en: Go}, by: board, to: choice}
          choice:
            title: {vi: Chọn, en: Choice}
            automatic:
              - {if: {equal: [$/opening/text, end]}, to: last}
              - {to: last}
          last:
            title: {vi: Cuối, en: Last}
            final: true
        """
    static let forms = ["note": #"{"type": "object", "properties": {"text": {"type": "string"}}}"#]

    private func problems(_ source: String, forms: [String: String] = Self.forms) -> [String] {
        do throws(DefinitionProblems) {
            _ = try DefinitionLoader.load(source, file: "small.yaml", forms: forms)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    @Test(arguments: [
        (
            "{to: last}\n  last:", "{to: choice}\n  last:",
            "small.yaml:23:3: automatic transitions go in a circle: choice → choice"
        ),
        (
            "by: board, to: choice", "by: board, to: chioce",
            "small.yaml:22:52: there is no state \"chioce\" under \"states\"; did you mean \"choice\"?"
        ),
        (
            "by: board, to: choice", "by: bord, to: choice",
            "small.yaml:22:41: there is no role \"bord\" under \"roles\"; did you mean \"board\"?"
        ),
        ("by: board, to: choice", "by: board, to: last", "small.yaml:23:3: no case can ever reach state \"choice\""),
        ("    final: true", "", "small.yaml:28:3: a case can never leave state \"last\", and it is not final"),
        ("version: 1", "version: one", "small.yaml:2:10: \"version\" must be a whole number"),
        ("version: 1", "verson: 1", "small.yaml:2:1: the workflow has no \"verson\"; did you mean \"version\"?"),
        ("form: note", "form: nota", "small.yaml:15:9: there is no form \"nota\" (nota.schema.json)"),
        (
            "{put: /opening}", "{put: opening}",
            "small.yaml:16:18: \"put\" must be a place in the document such as /action_program/key_tasks, not \"opening\""
        ),
        (
            "{put: /opening}", "{put: /case/units}",
            "small.yaml:16:12: /case is kept by the engine and cannot be written"
        ),
        (
            "$/opening/text", "$opening",
            "small.yaml:26:23: \"$opening\" is no place; one of $/place/in/document, $actor, $today, $now, $case, $period, $late, $sha256/place"
        ),
        (
            "    title: {vi: Một, en: First}", "    title: {vi: Một, en: First}\n    ballot: poll",
            "small.yaml:19:3: no event closes the ballot \"poll\" of state \"first\""
        ),
        ("title: {vi: Nhỏ, en: Small}", "title: {vi: Nhỏ, en: Small", "small.yaml:4:5: not YAML"),
    ])
    func testWhatIsWrongIsSaidWithItsPlace(old: String, new: String, expected: String) {
        #expect(Self.small.contains(old))
        let found = problems(Self.small.replacing(old, with: new))
        #expect(found.contains { $0.hasPrefix(expected) }, "\(found)")
    }

    @Test func testAllProblemsAreSaidAtOnce() {
        let broken = Self.small.replacing("by: board", with: "by: nobody").replacing(
            "final: true", with: "finale: true")
        #expect(problems(broken).count >= 3)
        #expect(problems(Self.small) == [])
    }

    @Test func testAFormWithAnUnknownKeywordIsRefused() {
        let found = problems(Self.small, forms: ["note": #"{"type": "object", "propertys": {}}"#])
        #expect(found.count == 1 && found[0].contains("note.schema.json/propertys"))
    }

    @Test func testMutatedDefinitionsNeverCrashTheLoader() throws {
        let lines = try Rehearsal.source("monthly-assessment").split(separator: "\n", omittingEmptySubsequences: false)
        let forms = try Rehearsal.forms()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<150 {
            var mutated = lines
            for _ in 0..<3 {
                let index = Int.random(in: mutated.indices, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: mutated.remove(at: index)
                case 1: mutated.swapAt(index, Int.random(in: mutated.indices, using: &generator))
                case 2: mutated[index] = mutated[index].prefix(mutated[index].count / 2)
                default: mutated.insert("  x: [&a *a, {y: ~}]", at: index)
                }
            }
            do throws(DefinitionProblems) {
                _ = try DefinitionLoader.load(mutated.joined(separator: "\n"), file: "m.yaml", forms: forms)
            } catch {
                #expect(error.problems.allSatisfy { $0.line >= 1 && $0.column >= 1 && !$0.message.isEmpty })
            }
        }
    }
}
