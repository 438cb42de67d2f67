import Foundation
import JSONCore
import Testing
import Varlink

/// Imports that must not be taken.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(1))) struct BadDirectoryTests {
    let daemon: TestDaemon
    let client: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        client = try await daemon.client()
    }

    private func stage(
        _ table: String, _ csv: String, import name: String = "bad", part: Int = 0
    ) async throws -> JSONObject {
        try await client.directory(
            "StageImport",
            [
                "import": .string(name), "part": .int(part), "table": .string(table), "csv": .string(csv),
                "file": "f.csv", "firstLine": 2,
            ])
    }

    private func apply(_ name: String = "bad", dryRun: Bool = false) async throws -> JSONObject {
        try await client.directory("ApplyImport", ["import": .string(name), "dryRun": .bool(dryRun)])
    }

    static let broken: [(table: String, csv: String, line: Int, message: String)] = [
        ("units", "id,name,level\na,A,commune\na,B,commune\n", 3, "the id a was given"),
        ("officials", "id,full_name\ncb-1,\"Cán bộ\n", 2, "a quoted field has no end"),
        ("officials", "id,full_name\ncb-1,\"Cán\" bộ\n", 2, "text after a closing quote"),
        ("officials", "id,full_name\ncb-1\n", 2, "has 1 fields, the header has 2"),
        ("officials", "id,full_name\ncb-1,a,b\n", 2, "has 3 fields, the header has 2"),
        ("officials", "id\ncb-1\n", 1, "the column full_name is missing"),
        ("officials", "id,full_name,shoe_size\n", 1, "there is no column shoe_size"),
        ("officials", "id,full_name,language\ncb-1,A,fr\n", 2, "language is vi or en"),
        ("officials", "id,full_name\n,A\n", 2, "id is empty"),
        ("officials", "id,full_name\n\"a b\",A\n", 2, "may only hold"),
        ("officials", "", 1, "the column"),
        ("posts", "id,official,unit,title,roles,from\np,cb-01,xa-que-trung,T,r,2022-02-30\n", 2, "is no date"),
        ("posts", "id,official,unit,title,roles,from\np,cb-01,xa-que-trung,T,r,\n", 2, "from is empty"),
        (
            "posts", "id,official,unit,title,roles,from,to\np,cb-01,xa-que-trung,T,r,2022-02-02,2022-02-01\n", 2,
            "to is before from"
        ),
        ("posts", "id,official,unit,title,roles,from\np,cb-01,xa-que-trung,T,Big Boss,2022-02-02\n", 2, "the role"),
        (
            "posts", "id,official,unit,title,roles,from,main\np,cb-01,xa-que-trung,T,r,2022-02-02,yes\n", 2,
            "main is true or false"
        ),
        ("delegations", "id,official,deputy,from,to\nd,cb-01,cb-01,2022-01-01,2022-01-02\n", 2, "to himself"),
        ("units", "id,name,level,from\na,A,commune,01/02/2022\n", 2, "is no date"),
    ]

    @Test(arguments: broken.indices) func testABrokenRowIsNamedWithItsPlace(index: Int) async throws {
        let (table, csv, line, message) = Self.broken[index]
        let before = try await daemon.dump()
        var problems = try await stage(table, csv, import: "broken-\(index)").array("problems")
        let reply = try await apply("broken-\(index)")
        #expect(reply["applied"] == false)
        problems += try reply.array("problems")
        #expect(
            problems.contains {
                $0["message"]?["en"]?.stringValue?.contains(message) == true && $0["line"] == .int(line)
                    && $0["file"] == "f.csv" && ($0["column"]?.intValue ?? 0) > 0
            }, "\(problems)")
        #expect(problems.allSatisfy { $0["message"]?["vi"]?.stringValue?.isEmpty == false })
        #expect(try await daemon.dump() == before)
        // Nothing of it was set aside.
        #expect(await refusal { try await apply("broken-\(index)") }.name == "ImportNotFound")
        #expect(try await daemon.dump() == before)
    }

    @Test func testAnIDGivenTwiceInTwoPartsIsFound() async throws {
        #expect(try await stage("units", "id,name,level\nu-1,A,commune\n", import: "parts")["problems"] == [])
        #expect(try await stage("units", "id,name,level\nu-1,B,commune\n", import: "parts", part: 1)["problems"] == [])
        let reply = try await apply("parts")
        #expect(try reply["applied"] == false && reply.array("problems").count == 1)
        #expect("\(reply)".contains("the id u-1 was given at f.csv:2 already"))
        #expect(try await client.directory("ListUnits", ["ids": ["u-1"]])["units"] == [])
    }

    @Test func testAPartOutOfTurnIsRefusedAsLost() async throws {
        #expect(
            await refusal { try await stage("units", "id,name,level\n", import: "turn", part: 1) }.name == "ImportLost")
        _ = try await stage("units", "id,name,level\nu-5,A,commune\n", import: "turn")
        _ = try await stage("units", "id,name,level\nu-6,A,commune\n", import: "turn", part: 1)
        #expect(
            await refusal { try await stage("units", "id,name,level\n", import: "turn", part: 1) }.name == "ImportLost")
        #expect(await refusal { try await apply("turn") }.name == "ImportNotFound")
    }

    @Test func testImportsThatWereGivenUpDoNotStandInTheWayOfOthers() async throws {
        for number in 0..<10 {
            #expect(
                try await stage("units", "id,name,level\nu-9,A,commune\n", import: "given-up-\(number)")["problems"]
                    == [])
        }
        #expect(try await apply("given-up-9", dryRun: true)["units"] == ["added": 1, "changed": 0, "same": 0])
        for number in 0..<10 {
            _ = try? await client.directory("DiscardImport", ["import": .string("given-up-\(number)")])
        }
    }

    @Test func testAMissingUnitOrOfficialIsNamedAndNothingApplied() async throws {
        let before = try await daemon.dump()
        let posts =
            "id,official,unit,title,roles,from\np-900,cb-01,xa-khong-co,T,r,2022-01-01\np-901,cb-999,xa-que-trung,T,r,2022-01-01\n"
        #expect(try await stage("posts", posts)["problems"] == [])
        let reply = try await apply()
        #expect(reply["applied"] == false)
        let problems = try reply.array("problems")
        let found = problems.map { "\($0["line"] ?? .null) \($0["message"]?["en"]?.stringValue ?? "")" }
        #expect(
            Set(found) == ["2 post p-900: there is no unit xa-khong-co", "3 post p-901: there is no official cb-999"])
        #expect(Set(problems.compactMap { $0["column"]?.intValue }) == [7, 13])
        #expect(problems.allSatisfy { $0["file"] == "f.csv" })
        #expect(try await daemon.dump() == before)
    }

    @Test func testADryRunOnlyCounts() async throws {
        let before = try await daemon.dump()
        _ = try await stage(
            "units", "id,name,level,from\nu-2,A,commune,\nxa-que-trung,Khác,commune,2020-01-01\n", import: "dry")
        let reply = try await apply("dry", dryRun: true)
        #expect(reply["applied"] == false && reply["units"] == ["added": 1, "changed": 1, "same": 0])
        let changes = try await client.directory("PreviewImport", ["import": "dry"]).array("changes")
        #expect(changes.map { $0["id"] } == ["u-2", "xa-que-trung"])
        #expect(changes[0]["old"] == nil && changes[0]["new"]?["name"] == "A")
        #expect(changes[1]["old"]?["name"] == "Xã Quế Trung" && changes[1]["new"]?["name"] == "Khác")
        _ = try await client.directory("DiscardImport", ["import": "dry"])
        #expect(await refusal { try await apply("dry") }.name == "ImportNotFound")
        #expect(try await daemon.dump() == before)
    }

    @Test func testAnImportThatWasNotStagedIsNotFound() async throws {
        #expect(await refusal { try await apply("never") }.name == "ImportNotFound")
    }

    @Test func testABrokenEncodingClosesTheConnectionAndStagesNothing() async throws {
        let before = try await daemon.dump()
        let raw = try RawConnection(path: daemon.socket)
        let call =
            #"{"method":"org.rotationd.Directory.StageImport","parameters":{"import":"enc","part":0,"table":"units","file":"f","firstLine":2,"csv":"id,name,level\nu-3,Qu"#
        await raw.send(Array(call.utf8) + [0xEA] + Array(#",commune\n"}}"#.utf8) + [0])
        #expect(await raw.receiveAll() == [])
        #expect(await refusal { try await apply("enc") }.name == "ImportNotFound")
        #expect(try await daemon.dump() == before)
    }

    @Test func testNamesAreStoredComposed() async throws {
        let name = "Nguyễn Ngọc".decomposedStringWithCanonicalMapping
        _ = try await stage("officials", "id,full_name\ncb-700,\(name)\n", import: "nfd")
        #expect(try await apply("nfd")["applied"] == true)
        let found = try await client.directory("ListOfficials", ["text": "ngoc nguyen"]).array("officials")
        let stored = found.first { $0["id"] == "cb-700" }?["fullName"]?.stringValue ?? ""
        #expect(Array(stored.unicodeScalars) == Array(name.precomposedStringWithCanonicalMapping.unicodeScalars))
    }
}
