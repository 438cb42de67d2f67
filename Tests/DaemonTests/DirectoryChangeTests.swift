import Foundation
import JSONCore
import Testing
import Varlink

/// The directory as it changes: units of a time, delegations that are accepted, imports that are lost.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(2))) struct DirectoryChangeTests {
    let daemon: TestDaemon
    let client: Person

    init() async throws {
        daemon = try TestDaemon.ofSuite()
        client = try await daemon.client()
    }

    @discardableResult
    private func imported(_ tables: [(table: String, csv: String)]) async throws -> JSONObject {
        let name = UUID().uuidString
        for (part, table) in tables.enumerated() {
            let reply = try await client.directory(
                "StageImport",
                [
                    "import": .string(name), "part": .int(part), "table": .string(table.table),
                    "csv": .string(table.csv), "file": .string(table.table), "firstLine": 2,
                ])
            try #require(reply["problems"] == [], "\(reply)")
        }
        return try await client.directory("ApplyImport", ["import": .string(name), "dryRun": false])
    }

    @Test func testADelegationGivesItsRightWhenTheDeputyHasAcceptedIt() async throws {
        let csv = """
            id,official,deputy,from,to,acceptance
            d-900,cb-01,cb-13,2020-01-01,2030-01-01,required

            """
        #expect(try await imported([("delegations", csv)])["applied"] == true)
        let deputy = client.speaking(for: "cb-13")
        func opened() async throws -> JSONObject {
            try await deputy.workflow(
                "OpenCase",
                [
                    "workflow": "rotation-onboarding", "form": Samples.form("rotation"), "key": "deputy",
                    "onBehalfOf": "cb-01",
                ])
        }
        #expect(await refusal { try await opened() }.name == "NotAllowed")
        func accept(_ person: String) async throws -> JSONObject {
            try await client.directory("AcceptDelegation", ["id": "d-900", "person": .string(person)])
        }
        #expect(await refusal { try await accept("cb-14") }.name == "DelegationNotFound")
        #expect(await refusal { try await opened() }.name == "NotAllowed")
        for _ in 0..<2 { #expect(try await accept("cb-13")["delegation"]?["acceptance"] == "accepted") }
        #expect(try await opened()["case"] != nil)
        // The same table again takes nothing back.
        #expect(try await imported([("delegations", csv)])["delegations"] == ["added": 0, "changed": 0, "same": 1])
        #expect(try await opened()["case"] != nil)
        let history = try await client.directory("ListChanges", ["id": "d-900"]).array("changes")
        #expect(history.map { $0["new"]?["acceptance"] ?? "added" } == ["accepted", "added"])
        #expect(history[0]["old"]?["acceptance"] == "awaited")
    }

    @Test func testOldPapersKeepOldNames() async throws {
        let reply = try await imported([
            (
                "units",
                """
                id,name,level,parent,from,to,successor
                u-quan,Quận cũ,district,,2020-01-01,2022-12-31,u-moi
                u-moi,Quận mới,district,,2023-01-01,,
                u-xa,Xã cũ,commune,u-quan,2020-01-01,2022-12-31,
                u-xa,Thị trấn mới,commune,u-moi,2023-01-01,,

                """
            ),
            (
                "posts",
                """
                id,official,unit,title,roles,leader,block,from,to
                p-800,cb-12,u-xa,Chủ tịch,unit_head,true,Khối Đảng,2020-01-01,2023-06-30
                p-801,cb-13,u-xa,Chủ tịch,unit_head,true,Khối Đảng,2023-07-01,

                """
            ),
        ])
        #expect(reply["applied"] == true, "\(reply)")
        for (day, unit, above, holder) in [
            ("2022-12-31", "Xã cũ", "Quận cũ", "cb-12"), ("2023-01-01", "Thị trấn mới", "Quận mới", "cb-12"),
            ("2023-07-01", "Thị trấn mới", "Quận mới", "cb-13"),
        ] {
            let units = try await client.directory("ListUnits", ["ids": ["u-xa"], "on": .string(day)]).array("units")
            #expect(units.map { $0["name"] } == [.string(unit)])
            #expect(units.first?["path"]?.arrayValue?.map { $0["name"] } == [.string(above)])
            let posts = try await client.directory(
                "ListPosts", ["unit": "u-xa", "role": "unit_head", "on": .string(day)]
            ).array("posts")
            #expect(posts.map { $0["official"] } == [.string(holder)] && posts.first?["unitName"] == .string(unit))
            #expect(posts.first?["fullName"]?.stringValue?.hasPrefix("Cán bộ") == true)
        }
        let found = try await client.directory("ListUnits", ["text": "tran THI", "on": "2023-01-01"]).array("units")
        #expect(found.map { $0["id"] } == ["u-xa"])
        // The store's own posts would be left without their unit: nothing is changed.
        let ended = try await imported([
            ("units", "id,name,level,parent,from,to\nu-xa,Thị trấn mới,commune,u-moi,2023-01-01,2024-01-01\n")
        ])
        #expect(ended["applied"] == false)
        #expect(
            try ended.array("problems").map { "\($0["line"] ?? .null) \($0["message"]?["vi"]?.stringValue ?? "")" } == [
                "2 chức vụ p-801: đơn vị u-xa không tồn tại ngày 02/01/2024"
            ])
    }

    @Test func testPeopleAreListedByTheirGivenNames() async throws {
        let names = ["Trần Thị An", "Nguyễn Văn Ân", "Đỗ Bình", "Lê Văn Đức", "Nguyễn Hoà", "Nguyễn Hoá"]
        let rows = zip([4, 2, 6, 1, 3, 5], names).map { "cb-80\($0),\($1) Vv\n" }
        _ = try await imported([("officials", "id,full_name\n" + rows.joined())])
        let parts = zip([4, 2, 6, 1, 3, 5], names).map { number, name in
            let words = name.split(separator: " ")
            return "cb-80\(number),\(name) Vv,\(words[0]),\(words.dropFirst().dropLast().joined(separator: " ")),"
                + "\(words[words.count - 1])\n"
        }
        let reply = try await imported([
            ("officials", "id,full_name,family_name,middle_name,given_name\n" + parts.joined())
        ])
        #expect(reply["applied"] == true)
        var found: [JSON] = []
        var cursor: JSON?
        repeat {
            var parameters: JSONObject = ["text": "vv", "limit": 2]
            parameters["cursor"] = cursor
            let page = try await client.directory("ListOfficials", parameters)
            found += try page.array("officials").compactMap { $0["fullName"] }
            cursor = page["cursor"]
        } while cursor != nil
        #expect(found == names.map { .string($0 + " Vv") })
    }

    @Test func testAnImportThatAPluginHasForgottenIsToldSoAndChangesNothing() async throws {
        func stage(_ part: Int) async throws -> JSONObject {
            try await client.directory(
                "StageImport",
                [
                    "import": "lost", "part": .int(part), "table": "units",
                    "csv": .string("id,name,level\nl-\(part),L,x\n"),
                    "file": "f", "firstLine": 2,
                ])
        }
        _ = try await stage(0)
        let first = daemon.pluginPID("storage-sqlite")
        #expect(daemon.killPlugin("storage-sqlite"))
        try await until("the plugin is there again") {
            guard let pid = daemon.pluginPID("storage-sqlite"), pid != first else { return false }
            return try await daemon.client().manager("GetStatus")["needsAttention"] == []
        }
        var answer = ""
        try await until("it is told") {
            answer = await refusal { try await stage(1) }.name
            return answer != "Unavailable"
        }
        #expect(answer == "ImportLost")
        #expect(try await client.directory("ListUnits", ["ids": ["l-0", "l-1"]])["units"] == [])
        // From the beginning it is taken.
        for part in 0...1 { _ = try await stage(part) }
        #expect(
            try await client.directory("ApplyImport", ["import": "lost", "dryRun": false])["units"]
                == ["added": 2, "changed": 0, "same": 0])
    }
}
