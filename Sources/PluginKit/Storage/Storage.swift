import Workflow

/// What keeps cases, their history, what waits, the outbox, the definitions and the directory: the contract
/// `org.rotationd.Storage`, method by method. The daemon calls it through ``StorageClient``; a plugin implements it and
/// serves it with ``StorageService``. The interface's comments are the contract; those here only name what Swift adds.
public protocol Storage: Sendable {
    /// Opens the store, makes or migrates it where needed, and takes hold of it. Every other method fails with
    /// ``StorageError/unavailable(operation:reason:)`` before.
    func open(clock: StoreClock) async throws(StorageError) -> OpenedStore

    /// Commits the transactions, each for itself, in their order; returns after all that is committed is on disk.
    func commit(_ transactions: [Transaction]) async throws(StorageError) -> [Outcome]
    func findRequest(scope: String, key: String) async throws(StorageError) -> RecordedRequest?

    func loadCases(ids: [String]) async throws(StorageError) -> [Case]
    func findCases(
        _ filter: CaseFilter, newestFirst: Bool, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<CaseSummary>
    func countCases(
        _ filter: CaseFilter, by: [CaseGrouping], fields: [String]
    ) async throws(StorageError) -> [CaseCount]
    func readHistory(caseID: String, after version: Int, limit: Int) async throws(StorageError) -> [Event]
    /// - Returns: The events and the position of the last of them (`position` again when there are none).
    func readEvents(after position: Int, limit: Int) async throws(StorageError) -> (events: [Event], position: Int)
    func findTasks(_ filter: TaskFilter, cursor: String?, limit: Int) async throws(StorageError) -> Page<FoundTask>

    func claimTimers(
        now: Timestamp, owner: String, leaseUntil: Timestamp, limit: Int
    ) async throws(StorageError) -> Claim<DueTimer>
    func findMessages(wall: Timestamp, limit: Int) async throws(StorageError) -> [DueMessage]
    func addressMessages(_ addressed: [AddressedMessage], at: Timestamp) async throws(StorageError)
    /// - Parameters:
    ///   - now: The daemon's time, for what is due.
    ///   - wall: The machine's time, for what is tried again.
    ///   - recipient: Lines of later recipients only.
    func findDeliveries(
        channel: String, now: Timestamp, wall: Timestamp, after recipient: String?, limit: Int
    ) async throws(StorageError) -> [DueDelivery]
    func settleDeliveries(_ settlements: [Settlement]) async throws(StorageError)
    func listDeliveries(
        _ state: OutboxEntry.State, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<OutboxEntry>
    func loadDeliveries(ids: [String]) async throws(StorageError) -> [OutboxEntry]
    /// - Returns: How many were given to another channel.
    func rerouteDeliveries(channels: [String], to channel: String) async throws(StorageError) -> Int
    /// - Returns: How many were forgotten.
    func purgeDeliveries(before: Timestamp, limit: Int) async throws(StorageError) -> Int

    func saveDefinition(_ definition: StoredDefinition) async throws(StorageError)
    /// - Parameter version: nil for the newest.
    func loadDefinition(name: String, version: Int?) async throws(StorageError) -> StoredDefinition?
    func listDefinitions() async throws(StorageError) -> [DefinitionEntry]

    /// - Parameters:
    ///   - places: Of each record, in the order units, officials, posts, delegations.
    ///   - before: How many records of the import were set aside before.
    func stageDirectory(
        import: String, _ records: DirectoryRecords, places: [String], after before: Int
    ) async throws(StorageError)
    func applyDirectory(
        import: String, at: Timestamp, by: String, dryRun: Bool
    ) async throws(StorageError) -> ImportResult
    func listStagedChanges(
        import: String, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange>
    func discardDirectory(import: String) async throws(StorageError)
    /// - Returns: The delegation as it is now; nil when there is no such delegation to the deputy.
    func acceptDelegation(
        id: String, deputy: String, on day: LocalDate, at: Timestamp
    ) async throws(StorageError) -> Delegation?
    func listDirectoryEntries(cursor: String?, limit: Int) async throws(StorageError) -> Page<DirectoryEntry>
    func listDirectoryChanges(
        entry: Int?, table: DirectoryRecords.Table?, id: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<DirectoryChange>
    func findOfficials(
        ids: [String]?, logins: [String]?, text: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Official>
    /// - Parameter day: nil for those of all days.
    func findPosts(
        official: String?, unit: String?, role: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Post>
    /// - Parameter day: nil for the rows of all days.
    func findUnits(
        ids: [String]?, parent: String?, text: String?, on day: LocalDate?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<Unit>
    func countOfficials(units: [String], on day: LocalDate) async throws(StorageError) -> [OfficialCount]
    func findDelegations(
        deputy: String?, official: String?, on day: LocalDate
    ) async throws(StorageError) -> [Delegation]

    func loadSetting(_ name: String) async throws(StorageError) -> String?
    func saveSetting(_ name: String, value: String) async throws(StorageError)

    /// - Parameter keep: How many scheduled backups remain; nil for a manual one.
    func backup(keep: Int?) async throws(StorageError) -> MadeBackup
    func listBackups() async throws(StorageError) -> [StoreBackup]
    func check() async throws(StorageError) -> [String]
    func statistics() async throws(StorageError) -> StoreStatistics
}

extension Storage {
    public func countCases(_ filter: CaseFilter, by: [CaseGrouping]) async throws(StorageError) -> [CaseCount] {
        try await countCases(filter, by: by, fields: [])
    }

    public func findDelegations(deputy: String, on day: LocalDate) async throws(StorageError) -> [Delegation] {
        try await findDelegations(deputy: deputy, official: nil, on: day)
    }

    /// All posts, for filters that leave few of them.
    public func findPosts(
        official: String? = nil, unit: String? = nil, role: String? = nil, on day: LocalDate?
    ) async throws(StorageError) -> [Post] {
        try await all { (cursor) throws(StorageError) in
            try await findPosts(official: official, unit: unit, role: role, on: day, cursor: cursor, limit: 1000)
        }
    }

    /// The rows of these units, of which `ids` names at most 1000.
    public func findUnits(ids: [String], on day: LocalDate?) async throws(StorageError) -> [Unit] {
        try await all { (cursor) throws(StorageError) in
            try await findUnits(ids: ids, parent: nil, text: nil, on: day, cursor: cursor, limit: 1000)
        }
    }

    /// The units that belong to a unit on a day.
    public func findUnits(parent: String, on day: LocalDate) async throws(StorageError) -> [Unit] {
        try await all { (cursor) throws(StorageError) in
            try await findUnits(ids: nil, parent: parent, text: nil, on: day, cursor: cursor, limit: 1000)
        }
    }

    /// All units of a day.
    public func units(on day: LocalDate) async throws(StorageError) -> [Unit] {
        try await all { (cursor) throws(StorageError) in
            try await findUnits(ids: nil, parent: nil, text: nil, on: day, cursor: cursor, limit: 1000)
        }
    }

    private func all<Element>(
        _ page: (String?) async throws(StorageError) -> Page<Element>
    ) async throws(StorageError) -> [Element] {
        var next = try await page(nil)
        var elements = next.elements
        while let cursor = next.cursor {
            next = try await page(cursor)
            elements += next.elements
        }
        return elements
    }
}
