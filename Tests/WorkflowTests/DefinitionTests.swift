import Testing
import Workflow

@Suite struct ShippedDefinitionTests {
    @Test func testTheShippedDefinitionsLoad() throws {
        do {
            _ = try Rehearsal.onboarding.get()
            _ = try Rehearsal.monthly.get()
        } catch let problems as DefinitionProblems {
            Issue.record("\(problems)")
        }
    }
}
