import ArgumentParser
import Foundation

/// What every measurement takes.
struct BenchOptions: ParsableArguments {
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

    func daemon(in folder: TemporaryFolder) throws -> Daemon {
        let programs = try programs ?? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe").folder
        return try Daemon(programs: programs, config: config, folder: folder.path)
    }

    func note(_ text: String) { FileHandle.standardError.write(Data("\(text) …\n".utf8)) }
}

extension String {
    /// A path without its last part.
    var folder: String { split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 } }
}
