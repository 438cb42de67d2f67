import ArgumentParser
import Foundation
import JSONCore

/// A month of a whole country, and how it grows with the number of officials.
struct MonthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "month",
        abstract: "A month of a whole country: all officials assess themselves, are voted on, decided.",
        discussion: """
            Officials in units of 40 have their cases opened, hand in, are voted on and decided on, through the socket, \
            each number of officials in a store of its own. What bounds it is measured in the same run: syncs of the file \
            system, SQLite without anything around it, calls without work; and what another client feels while all cases \
            are opened in one go, next to what it felt before. A last table says how each figure grows with the officials.
            """)

    @OptionGroup var bench: BenchOptions

    @Option(
        parsing: .upToNextOption,
        help: "Numbers of officials, such as 2000 20000 200000. Default: 2000 20000, or 200 400 with --quick.")
    var officials: [Int] = []

    @Option(help: "Clients at once.")
    var clients = 64

    func validate() throws {
        if officials.contains(where: { $0 < 2 }) { throw ValidationError("--officials must be 2 or more.") }
    }

    func run() async throws {
        var results: [MonthResult] = []
        for count in officials.isEmpty ? bench.quick ? [200, 400] : [2_000, 20_000] : officials {
            let folder = try TemporaryFolder(in: bench.scratch)
            defer { folder.remove() }
            let daemon = try bench.daemon(in: folder)
            defer { daemon.kill() }
            _ = try await daemon.start()
            bench.note("importing \(count) officials")
            let country = Country(officials: count)
            try await country.tables.importInto(daemon)
            let roundTrips = try await RoundTripBaseline.callsPerSecond(daemon, clients: clients, seconds: 1)
            var result = try await MonthRun(daemon: daemon, country: country, clients: clients).run(bench.note)
            result.roundTrips = roundTrips
            await daemon.stop()
            bench.note("measuring SQLite alone")
            result.sqlite = try SQLiteBaseline(store: daemon.store, folder: folder.path)
                .stepsPerSecond(batch: 64, seconds: bench.quick ? 0.5 : 2)
            results.append(result)
        }
        let months = MonthResults(machine: Machine.description, clients: clients, months: results)
        print(bench.json ? months.json.pretty : months.table)
    }
}
