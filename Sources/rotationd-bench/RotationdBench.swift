import ArgumentParser
import Foundation

/// Measures how fast rotationd carries out steps that are on disk when they are answered, and how near that comes to what
/// the machine can do.
@main
struct RotationdBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotationd-bench",
        abstract: "Measures rotationd with its plugins on this machine.",
        discussion: """
            Starts rotationd, storage-sqlite and notify-journal in a folder of its own, plays cases through all steps of \
            the shipped workflows with 1, 16 and 64 clients, and measures in the same run what bounds that: syncs of the \
            file system, SQLite without anything around it, calls without work. Then it fills the store with open cases \
            and measures the daemon's memory and how soon it is ready.
            """)

    @Flag(help: "A run of seconds: to see that it works, not for its numbers.")
    var quick = false

    @Flag(help: "Print the results as JSON.")
    var json = false

    @Option(help: "The daemon's configuration file, beside which its workflows and forms are.")
    var config = "config/rotationd.yaml"

    @Option(help: "The folder of rotationd and its plugins. Default: that of this program.")
    var programs: String?

    @Option(help: "Where the store is made; it should be on the disk that is to be measured.")
    var scratch = ".build"

    @Option(help: "Seconds for each number of clients. Default: 10, or 2 with --quick.")
    var seconds: Int?

    @Option(help: "Numbers of clients.")
    var clients: [Int] = [1, 16, 64]

    @Option(help: "Open cases to fill the store with; 0 leaves that out. Default: 100000, or 2000 with --quick.")
    var openCases: Int?

    func run() async throws {
        let seconds = seconds ?? (quick ? 2 : 10)
        let openCases = openCases ?? (quick ? 2_000 : 100_000)
        let programs = try programs ?? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe").folder
        let folder = try TemporaryFolder(in: scratch)
        defer { folder.remove() }
        var results = Results(
            machine: Machine.description, seconds: seconds, bounds: Bounds(), loads: [], openCases: nil)

        let daemon = try Daemon(programs: programs, config: config, folder: folder.path)
        defer { daemon.kill() }
        _ = try await daemon.start()
        try await Town().importInto(daemon)

        note("measuring calls without work")
        results.bounds.roundTrips = try await RoundTripBaseline.callsPerSecond(
            daemon, clients: 1, seconds: quick ? 0.5 : 2)
        results.bounds.roundTripsOfMany = try await RoundTripBaseline.callsPerSecond(
            daemon, clients: 64, seconds: quick ? 0.5 : 2)
        for count in clients {
            note("playing cases with \(count) client\(count == 1 ? "" : "s")")
            let load = LoadRun(daemon: daemon, clients: count, seconds: Double(seconds))
            results.loads.append(try await load.run())
        }
        if openCases > 0 {
            note("filling the store with \(openCases) open cases")
            results.openCases = try await OpenCasesRun(daemon: daemon, count: openCases).run()
        }
        await daemon.stop()

        note("measuring SQLite alone")
        let rows = try SQLiteBaseline(store: daemon.store, folder: folder.path)
        results.bounds.sqliteSingly = try rows.stepsPerSecond(batch: 1, seconds: quick ? 0.5 : 2)
        results.bounds.sqliteInBatches = try rows.stepsPerSecond(batch: 64, seconds: quick ? 0.5 : 2)
        print(json ? results.json.pretty : results.table)
    }

    private func note(_ text: String) { FileHandle.standardError.write(Data("\(text) …\n".utf8)) }
}

extension String {
    /// A path without its last part.
    var folder: String { split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 } }
}
