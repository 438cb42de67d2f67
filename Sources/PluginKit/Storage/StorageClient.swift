import JSONCore
import Synchronization
import Varlink
import Workflow

/// A storage plugin as its daemon sees it.
///
/// A connection answers one call after another, so that a long read would hold up a commit: writes go over one connection,
/// reads over others, in turn, and what may take minutes over one of its own.
public final class StorageClient: Storage {
    private let writer: VarlinkClient
    private let readers: [VarlinkClient]
    private let slow: VarlinkClient
    private let turn = Atomic(0)

    /// - Parameters:
    ///   - readers: Without any, `writer` does everything.
    ///   - slow: For backups and checks of the whole store; without it they stand between other reads.
    public init(writer: VarlinkClient, readers: [VarlinkClient] = [], slow: VarlinkClient? = nil) {
        self.writer = writer
        self.readers = readers.isEmpty ? [writer] : readers
        self.slow = slow ?? self.readers[0]
    }

    private func call<Value>(
        _ client: VarlinkClient, _ method: String, _ parameters: JSONObject,
        _ read: (JSONObject) throws(JSONFieldError) -> Value
    ) async throws(StorageError) -> Value {
        do {
            return try read(try await client.call("org.rotationd.Storage." + method, parameters))
        } catch {
            throw StorageError(error, operation: method)
        }
    }

    private func write<Value>(
        _ method: String, _ parameters: JSONObject, _ read: (JSONObject) throws(JSONFieldError) -> Value
    ) async throws(StorageError) -> Value {
        try await call(writer, method, parameters.withoutNulls, read)
    }

    private func read<Value>(
        _ method: String, _ parameters: JSONObject = [:], _ read: (JSONObject) throws(JSONFieldError) -> Value
    ) async throws(StorageError) -> Value {
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let reader = readers[Int(UInt(bitPattern: turn) % UInt(readers.count))]
        return try await call(reader, method, parameters.withoutNulls, read)
    }
}

// MARK: Cases

extension StorageClient {
    public func open(clock: StoreClock) async throws(StorageError) -> OpenedStore {
        try await write("Open", ["clock": .string(clock.rawValue)], OpenedStore.init(json:))
    }

    public func commit(_ transactions: [Transaction]) async throws(StorageError) -> [Outcome] {
        let parameters: JSONObject = ["transactions": JSON(objects: transactions.map(\.json))]
        return try await write("Commit", parameters) { (json) throws(JSONFieldError) in
            let outcomes = try json.list("outcomes", Outcome.init(json:))
            guard outcomes.count == transactions.count else {
                throw JSONFieldError(field: "outcomes", expected: "\(transactions.count) elements")
            }
            return outcomes
        }
    }

    public func findRequest(scope: String, key: String) async throws(StorageError) -> RecordedRequest? {
        try await read("FindRequest", ["scope": .string(scope), "key": .string(key)]) { (json) throws(JSONFieldError) in
            try json.optionalValue("recorded", RecordedRequest.init(json:))
        }
    }

    public func loadCases(ids: [String]) async throws(StorageError) -> [Case] {
        try await read("LoadCases", ["ids": JSON(ids)]) { (json) throws(JSONFieldError) in
            try json.list("cases", Case.init(json:))
        }
    }

    public func findCases(
        _ filter: CaseFilter, newestFirst: Bool, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<CaseSummary> {
        let parameters: JSONObject = [
            "filter": .object(filter.json), "newestFirst": .bool(newestFirst), "cursor": JSON(cursor),
            "limit": .int(limit),
        ]
        return try await read("FindCases", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "cases", CaseSummary.init(json:))
        }
    }

    public func countCases(
        _ filter: CaseFilter, by: [CaseGrouping], fields: [String]
    ) async throws(StorageError) -> [CaseCount] {
        let parameters: JSONObject = [
            "filter": .object(filter.json), "by": JSON(by.map(\.rawValue)), "fields": JSON(fields),
        ]
        return try await read("CountCases", parameters) { (json) throws(JSONFieldError) in
            try json.list("counts", CaseCount.init(json:))
        }
    }

    public func readHistory(caseID: String, after version: Int, limit: Int) async throws(StorageError) -> [Event] {
        let parameters: JSONObject = ["case": .string(caseID), "after": .int(version), "limit": .int(limit)]
        return try await read("ReadHistory", parameters) { (json) throws(JSONFieldError) in
            try json.list("events", Event.init(json:))
        }
    }

    public func readEvents(
        after position: Int, limit: Int
    ) async throws(StorageError) -> (events: [Event], position: Int) {
        let parameters: JSONObject = ["after": .int(position), "limit": .int(limit)]
        return try await read("ReadEvents", parameters) { (json) throws(JSONFieldError) in
            (try json.list("events", Event.init(json:)), try json.int("position"))
        }
    }

    public func findTasks(
        _ filter: TaskFilter, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<FoundTask> {
        var parameters = filter.parameters
        parameters["cursor"] = JSON(cursor)
        parameters["limit"] = .int(limit)
        return try await read("FindTasks", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "tasks", FoundTask.init(json:))
        }
    }
}

// MARK: Timers and the outbox

extension StorageClient {
    public func claimTimers(
        now: Timestamp, owner: String, leaseUntil: Timestamp, limit: Int
    ) async throws(StorageError) -> Claim<DueTimer> {
        try await write("ClaimTimers", Self.claim(now, owner, leaseUntil, limit)) { (json) throws(JSONFieldError) in
            try Claim(json: json, "timers", DueTimer.init(json:))
        }
    }

    private static func claim(_ now: Timestamp, _ owner: String, _ leaseUntil: Timestamp, _ limit: Int) -> JSONObject {
        ["now": JSON(now), "owner": .string(owner), "leaseUntil": JSON(leaseUntil), "limit": .int(limit)]
    }

    public func findMessages(wall: Timestamp, limit: Int) async throws(StorageError) -> [DueMessage] {
        try await read("FindMessages", ["wall": JSON(wall), "limit": .int(limit)]) { (json) throws(JSONFieldError) in
            try json.list("messages", DueMessage.init(json:))
        }
    }

    public func addressMessages(_ addressed: [AddressedMessage], at: Timestamp) async throws(StorageError) {
        try await write(
            "AddressMessages", ["addressed": JSON(objects: addressed.map(\.json)), "at": JSON(at)]
        ) { _ in }
    }

    public func findDeliveries(
        channel: String, now: Timestamp, wall: Timestamp, after recipient: String?, limit: Int
    ) async throws(StorageError) -> [DueDelivery] {
        let parameters: JSONObject = [
            "channel": .string(channel), "now": JSON(now), "wall": JSON(wall), "after": JSON(recipient),
            "limit": .int(limit),
        ]
        return try await read("FindDeliveries", parameters) { (json) throws(JSONFieldError) in
            try json.list("deliveries", DueDelivery.init(json:))
        }
    }

    public func settleDeliveries(_ settlements: [Settlement]) async throws(StorageError) {
        try await write("SettleDeliveries", ["settlements": JSON(objects: settlements.map(\.json))]) { _ in }
    }

    public func listDeliveries(
        _ state: OutboxEntry.State, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<OutboxEntry> {
        let parameters: JSONObject = ["state": .string(state.rawValue), "cursor": JSON(cursor), "limit": .int(limit)]
        return try await read("ListDeliveries", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "deliveries", OutboxEntry.init(json:))
        }
    }

    public func loadDeliveries(ids: [String]) async throws(StorageError) -> [OutboxEntry] {
        try await read("LoadDeliveries", ["ids": JSON(ids)]) { (json) throws(JSONFieldError) in
            try json.list("deliveries", OutboxEntry.init(json:))
        }
    }

    public func rerouteDeliveries(channels: [String], to channel: String) async throws(StorageError) -> Int {
        try await write("RerouteDeliveries", ["channels": JSON(channels), "to": .string(channel)]) {
            (json) throws(JSONFieldError) in
            try json.int("rerouted")
        }
    }

    public func purgeDeliveries(before: Timestamp, limit: Int) async throws(StorageError) -> Int {
        try await write("PurgeDeliveries", ["before": JSON(before), "limit": .int(limit)]) {
            (json) throws(JSONFieldError) in
            try json.int("purged")
        }
    }
}

// MARK: Definitions and settings

extension StorageClient {
    public func saveDefinition(_ definition: StoredDefinition) async throws(StorageError) {
        try await write("SaveDefinition", ["definition": .object(definition.json)]) { _ in }
    }

    public func loadDefinition(name: String, version: Int?) async throws(StorageError) -> StoredDefinition? {
        let parameters: JSONObject = ["name": .string(name), "version": JSON(version)]
        return try await read("LoadDefinition", parameters) { (json) throws(JSONFieldError) in
            try json.optionalValue("definition", StoredDefinition.init(json:))
        }
    }

    public func listDefinitions() async throws(StorageError) -> [DefinitionEntry] {
        try await read("ListDefinitions") { (json) throws(JSONFieldError) in
            try json.list("definitions", DefinitionEntry.init(json:))
        }
    }

    public func loadSetting(_ name: String) async throws(StorageError) -> String? {
        try await read("LoadSetting", ["name": .string(name)]) { (json) throws(JSONFieldError) in
            try json.optionalString("value")
        }
    }

    public func saveSetting(_ name: String, value: String) async throws(StorageError) {
        try await write("SaveSetting", ["name": .string(name), "value": .string(value)]) { _ in }
    }
}

// MARK: The directory

extension StorageClient {
    public func stageDirectory(
        import name: String, _ records: DirectoryRecords, places: [String], after before: Int
    ) async throws(StorageError) {
        var parameters = records.parameters
        parameters["import"] = .string(name)
        parameters["places"] = JSON(places)
        parameters["after"] = .int(before)
        try await write("StageDirectory", parameters) { _ in }
    }

    public func applyDirectory(
        import name: String, at: Timestamp, by: String, dryRun: Bool
    ) async throws(StorageError) -> ImportResult {
        try await write(
            "ApplyDirectory", ["import": .string(name), "at": JSON(at), "by": .string(by), "dryRun": .bool(dryRun)],
            ImportResult.init(json:))
    }

    public func listStagedChanges(
        import name: String, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange> {
        let parameters: JSONObject = ["import": .string(name), "cursor": JSON(cursor), "limit": .int(limit)]
        return try await read("ListStagedChanges", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "changes", DirectoryChange.init(json:))
        }
    }

    public func discardDirectory(import name: String) async throws(StorageError) {
        try await write("DiscardDirectory", ["import": .string(name)]) { _ in }
    }

    public func acceptDelegation(
        id: String, deputy: String, on day: LocalDate, at: Timestamp
    ) async throws(StorageError) -> Delegation? {
        let parameters: JSONObject = [
            "id": .string(id), "deputy": .string(deputy), "on": JSON(day), "at": JSON(at),
        ]
        return try await write("AcceptDelegation", parameters) { (json) throws(JSONFieldError) in
            try json.optionalValue("delegation", Delegation.init(json:))
        }
    }

    public func listDirectoryEntries(
        cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryEntry> {
        try await read("ListDirectoryEntries", ["cursor": JSON(cursor), "limit": .int(limit)]) {
            (json) throws(JSONFieldError) in
            try Page(json: json, "entries", DirectoryEntry.init(json:))
        }
    }

    public func listDirectoryChanges(
        entry: Int?, table: DirectoryRecords.Table?, id: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange> {
        let parameters: JSONObject = [
            "entry": JSON(entry), "table": JSON(table?.rawValue), "id": JSON(id), "cursor": JSON(cursor),
            "limit": .int(limit),
        ]
        return try await read("ListDirectoryChanges", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "changes", DirectoryChange.init(json:))
        }
    }

    public func findOfficials(
        ids: [String]?, logins: [String]?, text: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Official> {
        let parameters: JSONObject = [
            "ids": JSON(ids), "logins": JSON(logins), "text": JSON(text), "cursor": JSON(cursor), "limit": .int(limit),
        ]
        return try await read("FindOfficials", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "officials", Official.init(json:))
        }
    }

    public func findPosts(
        official: String?, unit: String?, role: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Post> {
        let parameters: JSONObject = [
            "official": JSON(official), "unit": JSON(unit), "role": JSON(role), "on": JSON(day),
            "cursor": JSON(cursor), "limit": .int(limit),
        ]
        return try await read("FindPosts", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "posts", Post.init(json:))
        }
    }

    public func findUnits(
        ids: [String]?, parent: String?, text: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Unit> {
        let parameters: JSONObject = [
            "ids": JSON(ids), "parent": JSON(parent), "text": JSON(text), "on": JSON(day), "cursor": JSON(cursor),
            "limit": .int(limit),
        ]
        return try await read("FindUnits", parameters) { (json) throws(JSONFieldError) in
            try Page(json: json, "units", Unit.init(json:))
        }
    }

    public func countOfficials(
        units: [String], on day: LocalDate
    ) async throws(StorageError) -> [OfficialCount] {
        try await read("CountOfficials", ["units": JSON(units), "on": JSON(day)]) { (json) throws(JSONFieldError) in
            try json.list("counts", OfficialCount.init(json:))
        }
    }

    public func findDelegations(
        deputy: String?, official: String?, on day: LocalDate
    ) async throws(StorageError) -> [Delegation] {
        let parameters: JSONObject = ["deputy": JSON(deputy), "official": JSON(official), "on": JSON(day)]
        return try await read("FindDelegations", parameters) {
            (json) throws(JSONFieldError) in
            try json.list("delegations", Delegation.init(json:))
        }
    }
}

// MARK: Care

extension StorageClient {
    public func backup(keep: Int?) async throws(StorageError) -> MadeBackup {
        let parameters: JSONObject = ["keep": JSON(keep)]
        return try await call(slow, "Backup", parameters.withoutNulls, MadeBackup.init(json:))
    }

    public func listBackups() async throws(StorageError) -> [StoreBackup] {
        try await read("ListBackups") { (json) throws(JSONFieldError) in
            try json.list("backups", StoreBackup.init(json:))
        }
    }

    public func check() async throws(StorageError) -> [String] {
        try await call(slow, "Check", [:]) { (json) throws(JSONFieldError) in try json.strings("problems") }
    }

    public func statistics() async throws(StorageError) -> StoreStatistics {
        try await read("Statistics", [:], StoreStatistics.init(json:))
    }
}
