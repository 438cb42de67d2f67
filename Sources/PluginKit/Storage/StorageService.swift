import JSONCore
import Varlink
import Workflow

/// Serves a ``Storage`` as `org.rotationd.Storage`.
public enum StorageService {
    public static func interface(_ storage: some Storage) -> ServedInterface {
        let handlers = lifecycle(storage).merging(cases(storage)) { $1 }.merging(waiting(storage)) { $1 }
            .merging(definitions(storage)) { $1 }.merging(directory(storage)) { $1 }
        return ServedInterface(PluginInterfaces.storage, handlers: handlers)
    }

    private static func handler(
        _ body: @escaping @Sendable (JSONObject) async throws -> JSONObject
    ) -> MethodHandler {
        .unary { call in
            do {
                return try await body(call.parameters)
            } catch let error as StorageError {
                throw error.varlink
            } catch let error as JSONFieldError {
                throw VarlinkError.invalidParameter(error.field)
            }
        }
    }

    private static func lifecycle(_ storage: some Storage) -> [String: MethodHandler] {
        [
            "Open": handler { try await storage.open(clock: try $0.word("clock")).json },
            "Backup": handler { try await storage.backup(keep: try $0.optionalInt("keep")).json },
            "ListBackups": handler { _ in ["backups": JSON(objects: try await storage.listBackups().map(\.json))] },
            "Check": handler { _ in ["problems": JSON(try await storage.check())] },
            "Statistics": handler { _ in try await storage.statistics().json },
            "LoadSetting": handler { parameters in
                ["value": JSON(try await storage.loadSetting(try parameters.string("name")))]
            },
            "SaveSetting": handler { parameters in
                try await storage.saveSetting(try parameters.string("name"), value: try parameters.string("value"))
                return [:]
            },
        ]
    }

    private static func cases(_ storage: some Storage) -> [String: MethodHandler] {
        [
            "Commit": handler { parameters in
                let outcomes = try await storage.commit(try parameters.list("transactions", Transaction.init(json:)))
                return ["outcomes": JSON(objects: outcomes.map(\.json))]
            },
            "FindRequest": handler { parameters in
                let recorded = try await storage.findRequest(
                    scope: try parameters.string("scope"), key: try parameters.string("key"))
                return ["recorded": recorded.map { .object($0.json) } ?? .null]
            },
            "LoadCases": handler { parameters in
                let cases = try await storage.loadCases(ids: try parameters.strings("ids"))
                return ["cases": JSON(objects: cases.map(\.json))]
            },
            "FindCases": handler { parameters in
                let page = try await storage.findCases(
                    try parameters.value("filter", CaseFilter.init(json:)),
                    newestFirst: try parameters.optionalBool("newestFirst") ?? false,
                    cursor: try parameters.optionalString("cursor"), limit: try parameters.int("limit"))
                return page.json("cases", \.json)
            },
            "CountCases": handler { parameters in
                let counts = try await storage.countCases(
                    try parameters.value("filter", CaseFilter.init(json:)), by: try parameters.words("by"),
                    fields: try parameters.optionalStrings("fields") ?? [])
                return ["counts": JSON(objects: counts.map(\.json))]
            },
            "ReadHistory": handler { parameters in
                let events = try await storage.readHistory(
                    caseID: try parameters.string("case"), after: try parameters.int("after"),
                    limit: try parameters.int("limit"))
                return ["events": JSON(objects: events.map(\.json))]
            },
            "ReadEvents": handler { parameters in
                let (events, position) = try await storage.readEvents(
                    after: try parameters.int("after"), limit: try parameters.int("limit"))
                return ["events": JSON(objects: events.map(\.json)), "position": .int(position)]
            },
            "FindTasks": handler { parameters in
                let page = try await storage.findTasks(
                    try TaskFilter(parameters: parameters), cursor: try parameters.optionalString("cursor"),
                    limit: try parameters.int("limit"))
                return page.json("tasks", \.json)
            },
        ]
    }

    private static func waiting(_ storage: some Storage) -> [String: MethodHandler] {
        [
            "ClaimTimers": handler { parameters in
                try await storage.claimTimers(
                    now: try parameters.timestamp("now"), owner: try parameters.string("owner"),
                    leaseUntil: try parameters.timestamp("leaseUntil"), limit: try parameters.int("limit")
                ).json("timers", \.json)
            },
            "FindMessages": handler { parameters in
                let messages = try await storage.findMessages(
                    wall: try parameters.timestamp("wall"), limit: try parameters.int("limit"))
                return ["messages": JSON(objects: messages.map(\.json))]
            },
            "AddressMessages": handler { parameters in
                try await storage.addressMessages(
                    try parameters.list("addressed", AddressedMessage.init(json:)), at: try parameters.timestamp("at"))
                return [:]
            },
            "FindDeliveries": handler { parameters in
                let deliveries = try await storage.findDeliveries(
                    channel: try parameters.string("channel"), now: try parameters.timestamp("now"),
                    wall: try parameters.timestamp("wall"), after: try parameters.optionalString("after"),
                    limit: try parameters.int("limit"))
                return ["deliveries": JSON(objects: deliveries.map(\.json))]
            },
            "SettleDeliveries": handler { parameters in
                try await storage.settleDeliveries(try parameters.list("settlements", Settlement.init(json:)))
                return [:]
            },
            "ListDeliveries": handler { parameters in
                let page = try await storage.listDeliveries(
                    try parameters.word("state"), cursor: try parameters.optionalString("cursor"),
                    limit: try parameters.int("limit"))
                return page.json("deliveries", \.json)
            },
            "LoadDeliveries": handler { parameters in
                let entries = try await storage.loadDeliveries(ids: try parameters.strings("ids"))
                return ["deliveries": JSON(objects: entries.map(\.json))]
            },
            "RerouteDeliveries": handler { parameters in
                let count = try await storage.rerouteDeliveries(
                    channels: try parameters.strings("channels"), to: try parameters.string("to"))
                return ["rerouted": .int(count)]
            },
            "PurgeDeliveries": handler { parameters in
                let count = try await storage.purgeDeliveries(
                    before: try parameters.timestamp("before"), limit: try parameters.int("limit"))
                return ["purged": .int(count)]
            },
        ]
    }

    private static func definitions(_ storage: some Storage) -> [String: MethodHandler] {
        [
            "SaveDefinition": handler { parameters in
                try await storage.saveDefinition(try parameters.value("definition", StoredDefinition.init(json:)))
                return [:]
            },
            "LoadDefinition": handler { parameters in
                let definition = try await storage.loadDefinition(
                    name: try parameters.string("name"), version: try parameters.optionalInt("version"))
                return ["definition": definition.map { .object($0.json) } ?? .null]
            },
            "ListDefinitions": handler { _ in
                ["definitions": JSON(objects: try await storage.listDefinitions().map(\.json))]
            },
        ]
    }

    private static func directory(_ storage: some Storage) -> [String: MethodHandler] {
        [
            "StageDirectory": handler { parameters in
                let records = try DirectoryRecords(parameters: parameters)
                let places = try parameters.strings("places")
                guard places.count == records.count else { throw StorageError.invalidParameter("places") }
                try await storage.stageDirectory(
                    import: try parameters.string("import"), records, places: places,
                    after: try parameters.int("after"))
                return [:]
            },
            "ApplyDirectory": handler { parameters in
                try await storage.applyDirectory(
                    import: try parameters.string("import"), at: try parameters.timestamp("at"),
                    by: try parameters.string("by"), dryRun: try parameters.bool("dryRun")
                ).json
            },
            "ListStagedChanges": handler { parameters in
                try await storage.listStagedChanges(
                    import: try parameters.string("import"), cursor: try parameters.optionalString("cursor"),
                    limit: try parameters.int("limit")
                ).json("changes", \.json)
            },
            "DiscardDirectory": handler { parameters in
                try await storage.discardDirectory(import: try parameters.string("import"))
                return [:]
            },
            "AcceptDelegation": handler { parameters in
                let delegation = try await storage.acceptDelegation(
                    id: try parameters.string("id"), deputy: try parameters.string("deputy"),
                    on: try parameters.date("on"), at: try parameters.timestamp("at"))
                return ["delegation": delegation.map { .object($0.json) } ?? .null]
            },
            "ListDirectoryEntries": handler { parameters in
                try await storage.listDirectoryEntries(
                    cursor: try parameters.optionalString("cursor"), limit: try parameters.int("limit")
                ).json("entries", \.json)
            },
            "ListDirectoryChanges": handler { parameters in
                try await storage.listDirectoryChanges(
                    entry: try parameters.optionalInt("entry"), table: try parameters.optionalWord("table"),
                    id: try parameters.optionalString("id"), cursor: try parameters.optionalString("cursor"),
                    limit: try parameters.int("limit")
                ).json("changes", \.json)
            },
            "FindOfficials": handler { parameters in
                let page = try await storage.findOfficials(
                    ids: try parameters.optionalStrings("ids"), logins: try parameters.optionalStrings("logins"),
                    text: try parameters.optionalString("text"), cursor: try parameters.optionalString("cursor"),
                    limit: try parameters.int("limit"))
                return page.json("officials", \.json)
            },
            "FindPosts": handler { parameters in
                let page = try await storage.findPosts(
                    official: try parameters.optionalString("official"), unit: try parameters.optionalString("unit"),
                    role: try parameters.optionalString("role"), on: try parameters.optionalDate("on"),
                    cursor: try parameters.optionalString("cursor"), limit: try parameters.int("limit"))
                return page.json("posts", \.json)
            },
            "FindUnits": handler { parameters in
                let page = try await storage.findUnits(
                    ids: try parameters.optionalStrings("ids"), parent: try parameters.optionalString("parent"),
                    text: try parameters.optionalString("text"), on: try parameters.optionalDate("on"),
                    cursor: try parameters.optionalString("cursor"), limit: try parameters.int("limit"))
                return page.json("units", \.json)
            },
            "CountOfficials": handler { parameters in
                let counts = try await storage.countOfficials(
                    units: try parameters.strings("units"), on: try parameters.date("on"))
                return ["counts": JSON(objects: counts.map(\.json))]
            },
            "FindDelegations": handler { parameters in
                let delegations = try await storage.findDelegations(
                    deputy: try parameters.optionalString("deputy"),
                    official: try parameters.optionalString("official"), on: try parameters.date("on"))
                return ["delegations": JSON(objects: delegations.map(\.json))]
            },
        ]
    }
}

extension Page {
    func json(_ name: String, _ element: (Element) -> JSONObject) -> JSONObject {
        var json: JSONObject = [name: JSON(objects: elements.map(element))]
        json["cursor"] = cursor.map(JSON.string)
        return json
    }

    init(
        json: JSONObject, _ name: String, _ element: (JSONObject) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) {
        self.init(try json.list(name, element), cursor: try json.optionalString("cursor"))
    }
}

extension Claim {
    func json(_ name: String, _ element: (Element) -> JSONObject) -> JSONObject {
        var json: JSONObject = [name: JSON(objects: elements.map(element))]
        if let next { json["next"] = JSON(next) }
        return json
    }

    init(
        json: JSONObject, _ name: String, _ element: (JSONObject) throws(JSONFieldError) -> Element
    ) throws(JSONFieldError) {
        self.init(try json.list(name, element), next: try json.optionalTimestamp("next"))
    }
}
