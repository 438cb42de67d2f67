import ArgumentParser

/// Steps of both shipped workflows, and many open cases.
struct StepsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steps", abstract: "Steps of both workflows with few and many clients, and many open cases.",
        discussion: """
            Starts rotationd, storage-sqlite and notify-journal in a folder of its own, plays cases through all steps of \
            the shipped workflows with 1, 16 and 64 clients, and measures in the same run what bounds that: syncs of the \
            file system, SQLite without anything around it, calls without work. Then it fills the store with open cases \
            and measures the daemon's memory and how soon it is ready.
            """)

    @OptionGroup var bench: BenchOptions

    @Option(help: "Seconds for each number of clients. Default: 10, or 2 with --quick.")
    var seconds: Int?

    @Option(help: "Numbers of clients.")
    var clients: [Int] = [1, 16, 64]

    @Option(help: "Open cases to fill the store with; 0 leaves that out. Default: 100000, or 2000 with --quick.")
    var openCases: Int?

    func run() async throws {
        let seconds = seconds ?? (bench.quick ? 2 : 10)
        let openCases = openCases ?? (bench.quick ? 2_000 : 100_000)
        let folder = try TemporaryFolder(in: bench.scratch)
        defer { folder.remove() }
        var results = Results(
            machine: Machine.description, seconds: seconds, bounds: Bounds(), loads: [], openCases: nil)

        let daemon = try bench.daemon(in: folder)
        defer { daemon.kill() }
        _ = try await daemon.start()
        try await Town().tables.importInto(daemon)

        bench.note("measuring calls without work")
        results.bounds.roundTrips = try await RoundTripBaseline.callsPerSecond(
            daemon, clients: 1, seconds: bench.quick ? 0.5 : 2)
        results.bounds.roundTripsOfMany = try await RoundTripBaseline.callsPerSecond(
            daemon, clients: 64, seconds: bench.quick ? 0.5 : 2)
        for count in clients {
            bench.note("playing cases with \(count) client\(count == 1 ? "" : "s")")
            let load = LoadRun(daemon: daemon, clients: count, seconds: Double(seconds))
            results.loads.append(try await load.run())
        }
        if openCases > 0 {
            bench.note("filling the store with \(openCases) open cases")
            results.openCases = try await OpenCasesRun(daemon: daemon, count: openCases).run()
        }
        await daemon.stop()

        bench.note("measuring SQLite alone")
        let rows = try SQLiteBaseline(store: daemon.store, folder: folder.path)
        results.bounds.sqliteSingly = try rows.stepsPerSecond(batch: 1, seconds: bench.quick ? 0.5 : 2)
        results.bounds.sqliteInBatches = try rows.stepsPerSecond(batch: 64, seconds: bench.quick ? 0.5 : 2)
        print(bench.json ? results.json.pretty : results.table)
    }
}
