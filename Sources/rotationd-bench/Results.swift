import Foundation
import JSONCore

/// Everything that was measured.
struct Results {
    let machine: String
    let seconds: Int
    var bounds: Bounds
    var loads: [LoadResult]
    var openCases: OpenCasesResult?

    private static let processes = ["rotationd", "storage-sqlite", "notify-journal", "rotationd-bench"]

    /// One client waits for a sync each step; many share it, so that SQLite in batches is their bound.
    private func sqlite(_ load: LoadResult) -> Double {
        load.clients == 1 ? bounds.sqliteSingly : bounds.sqliteInBatches
    }
    private func roundTrips(_ load: LoadResult) -> Double {
        load.clients == 1 ? bounds.roundTrips : bounds.roundTripsOfMany
    }

    var bars: [Bar] {
        var bars: [Bar] = []
        if let many = loads.first(where: { $0.clients == 64 }) {
            bars.append(
                Bar("64 clients: 5000 steps/s", number(many.stepsPerSecond), isPassed: many.stepsPerSecond >= 5000))
        }
        if let one = loads.first(where: { $0.clients == 1 }) {
            // A step waits for a sync, so that a ratio above 1 says that the disk was measured at another speed.
            let ratio = one.stepsPerSecond / one.syncBound
            bars.append(
                Bar(
                    "1 client: 0.5 of fdatasync/s", number(ratio, 2), isPassed: ratio >= 0.5,
                    isDecided: one.isDiskSteady && ratio <= 1))
        }
        if let openCases {
            let mebibytes = Double(openCases.residentBytes) / 1_048_576
            bars.append(Bar("RSS under 64 MiB", number(mebibytes, 1), isPassed: mebibytes < 64))
            let ready = openCases.readyMilliseconds
            bars.append(Bar("ready in 300 ms", number(ready), isPassed: ready < 300))
        }
        return bars
    }

    // MARK: - For people

    var table: String {
        var text = "\(machine), \(seconds) s for each number of clients\n\n"
        text += Self.aligned(
            [["what bounds it", "a second"]]
                + [
                    ("SQLite, one step a transaction", bounds.sqliteSingly),
                    ("SQLite, 64 steps a transaction", bounds.sqliteInBatches),
                    ("calls without work, 1 client", bounds.roundTrips),
                    ("calls without work, 64 clients", bounds.roundTripsOfMany),
                ].map { [$0, number($1)] })
        text += "\n"
        text += Self.aligned(
            [
                [
                    "clients", "steps/s", "p50 ms", "p99 ms", "fdatasync/s before, after", "of fdatasync", "of SQLite",
                    "of calls",
                ]
                    + Self.processes.map { "\($0) µs" }
            ]
                + loads.map { load in
                    [
                        "\(load.clients)", number(load.stepsPerSecond), number(load.p50, 2), number(load.p99, 2),
                        load.syncs.map { number($0) }.joined(separator: ", "),
                        number(load.stepsPerSecond / load.syncBound, 2), number(load.stepsPerSecond / sqlite(load), 2),
                        number(load.stepsPerSecond / roundTrips(load), 2),
                    ] + Self.processes.map { number(load.cpu[String($0.prefix(15))] ?? 0) }
                })
        text += "\n"
        if let openCases {
            text += Self.aligned([
                ["open cases", "filled/s", "RSS MiB at work", "RSS MiB when ready", "ready ms"],
                [
                    "\(openCases.count)", number(openCases.filledPerSecond),
                    number(Double(openCases.residentBytes) / 1_048_576, 1),
                    number(Double(openCases.residentBytesWhenReady) / 1_048_576, 1),
                    number(openCases.readyMilliseconds),
                ],
            ])
            text += "\n"
        }
        text += Self.aligned(
            [["bar", "measured", ""]] + bars.map { [$0.text, $0.measured, $0.verdict.rawValue] })
        return text
    }

    /// Numbers to the right, the first column to the left.
    static func aligned(_ rows: [[String]]) -> String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ") + "\n"
        }.joined()
    }

    private func number(_ value: Double, _ digits: Int = 0) -> String {
        String(format: "%.\(digits)f", value)
    }

    // MARK: - For programs

    var json: JSON {
        func rounded(_ value: Double) -> JSON { value.isFinite ? JSON(number: (value * 1000).rounded() / 1000) : .null }
        var json: JSONObject = [
            "machine": .string(machine), "secondsEach": .int(seconds),
            "perSecond": [
                "sqliteSingly": rounded(bounds.sqliteSingly),
                "sqliteInBatchesOf64": rounded(bounds.sqliteInBatches), "calls": rounded(bounds.roundTrips),
                "callsOf64Clients": rounded(bounds.roundTripsOfMany),
            ],
            "loads": .array(
                loads.map { load in
                    [
                        "clients": .int(load.clients), "stepsPerSecond": rounded(load.stepsPerSecond),
                        "p50Milliseconds": rounded(load.p50), "p99Milliseconds": rounded(load.p99),
                        "fdatasyncBeforeAndAfter": .array(load.syncs.map(rounded)),
                        "ofFdatasync": rounded(load.stepsPerSecond / load.syncBound),
                        "ofSQLite": rounded(load.stepsPerSecond / sqlite(load)),
                        "ofCalls": rounded(load.stepsPerSecond / roundTrips(load)),
                        "cpuMicrosecondsPerStep": .object(
                            JSONObject(load.cpu.sorted { $0.key < $1.key }.map { ($0, rounded($1)) }) { $1 }),
                    ]
                }),
            "bars": .array(
                bars.map {
                    [
                        "bar": .string($0.text), "measured": .string($0.measured),
                        "verdict": .string($0.verdict.rawValue),
                    ]
                }),
        ]
        if let openCases {
            json["openCases"] = [
                "count": .int(openCases.count), "filledPerSecond": rounded(openCases.filledPerSecond),
                "residentBytes": .int(openCases.residentBytes),
                "residentBytesWhenReady": .int(openCases.residentBytesWhenReady),
                "readyMilliseconds": rounded(openCases.readyMilliseconds),
            ]
        }
        return .object(json)
    }
}
