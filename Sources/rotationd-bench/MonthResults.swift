import Foundation
import JSONCore

/// The months of all numbers of officials, side by side.
struct MonthResults {
    let machine: String
    let clients: Int
    let months: [MonthResult]

    private func growth(_ value: (MonthResult) -> Double) -> String {
        guard let first = months.first, let last = months.last, months.count > 1 else { return "" }
        return number(value(last) / value(first), 2)
    }

    var table: String {
        var text = "\(machine), \(clients) clients\n"
        for month in months {
            text += "\n\(month.officials) officials: \(number(month.roundTrips)) calls/s without work, "
            text += "\(number(month.sqlite)) steps/s by SQLite alone, \(number(mebibytes(month), 1)) MiB\n\n"
            text += Results.aligned(
                [["step", "steps/s", "p50 ms", "p99 ms", "fdatasync/s", "of fdatasync", "of SQLite", "of calls"]]
                    + month.phases.map { phase in
                        [
                            phase.name, number(phase.stepsPerSecond), number(phase.latency.p50, 2),
                            number(phase.latency.p99, 2), number(phase.syncs),
                            number(phase.stepsPerSecond / phase.syncs, 2),
                            number(phase.stepsPerSecond / month.sqlite, 2),
                            number(phase.stepsPerSecond / month.roundTrips, 2),
                        ]
                    })
            text += "\n"
            text += Results.aligned([
                ["another client", "p50 ms", "p99 ms"],
                ["alone", number(month.bystanderBefore.p50, 2), number(month.bystanderBefore.p99, 2)],
                [
                    "while all cases are opened", number(month.bystanderMeanwhile.p50, 2),
                    number(month.bystanderMeanwhile.p99, 2),
                ],
                ["ratio", number(ratio(month, \.p50), 1), number(ratio(month, \.p99), 1)],
            ])
        }
        guard let first = months.first, let last = months.last, months.count > 1 else { return text }
        text += "\nfrom \(first.officials) to \(last.officials) officials, each figure times\n\n"
        text += Results.aligned(
            [["", "steps/s", "p50 ms", "p99 ms"]]
                + first.phases.indices.map { index in
                    [
                        first.phases[index].name, growth { $0.phases[index].stepsPerSecond },
                        growth { $0.phases[index].latency.p50 }, growth { $0.phases[index].latency.p99 },
                    ]
                } + [
                    [
                        "another client meanwhile", "", growth { $0.bystanderMeanwhile.p50 },
                        growth { $0.bystanderMeanwhile.p99 },
                    ]
                ])
        return text
    }

    private func mebibytes(_ month: MonthResult) -> Double { Double(month.residentBytes) / 1_048_576 }

    private func ratio(_ month: MonthResult, _ percentile: KeyPath<Percentiles, Double>) -> Double {
        month.bystanderMeanwhile[keyPath: percentile] / month.bystanderBefore[keyPath: percentile]
    }

    private func number(_ value: Double, _ digits: Int = 0) -> String { String(format: "%.\(digits)f", value) }

    var json: JSON {
        func rounded(_ value: Double) -> JSON { value.isFinite ? JSON(number: (value * 1000).rounded() / 1000) : .null }
        func percentiles(_ value: Percentiles) -> JSON {
            ["p50Milliseconds": rounded(value.p50), "p99Milliseconds": rounded(value.p99)]
        }
        return [
            "machine": .string(machine), "clients": .int(clients),
            "months": .array(
                months.map { month in
                    [
                        "officials": .int(month.officials), "callsPerSecond": rounded(month.roundTrips),
                        "sqliteInBatchesOf64PerSecond": rounded(month.sqlite),
                        "residentBytes": .int(month.residentBytes),
                        "steps": .array(
                            month.phases.map { phase in
                                [
                                    "step": .string(phase.name), "perSecond": rounded(phase.stepsPerSecond),
                                    "latency": percentiles(phase.latency), "fdatasyncPerSecond": rounded(phase.syncs),
                                ]
                            }),
                        "anotherClient": [
                            "alone": percentiles(month.bystanderBefore),
                            "whileOpening": percentiles(month.bystanderMeanwhile),
                        ],
                    ]
                }),
        ]
    }
}
