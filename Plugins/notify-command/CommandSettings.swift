import Glibc
import JSONCore
import PluginKit

/// What an administrator has set in `notify-command.yaml`; config/notify-command.yaml explains every key.
struct CommandSettings: Sendable {
    var file: String
    /// Nil as long as nobody has set it.
    var program: String?
    var arguments: [String]
    var workingDirectory: String?
    var timeLimitSeconds: Int
    var retrySeconds: Int
    var concurrency: Int

    /// - Throws: ``ConfigurationFile/Problems``.
    static func load(file path: String) throws -> CommandSettings {
        let file = try ConfigurationFile(path: path, schema: PackageResources.notify_command_schema_json)
        let values = file.values
        let arguments = try values.optionalStrings("arguments") ?? []
        if let index = arguments.firstIndex(where: { $0.utf8.contains(0) }) {
            throw file.problem("must not hold a zero byte", at: JSONPointer(tokens: ["arguments"]).appending(index))
        }
        let program = try values.optionalString("program")
        if let program, access(program, X_OK) != 0 {
            throw file.problem(
                "\(program) cannot be executed: \(String(cString: strerror(errno)))",
                at: JSONPointer(tokens: ["program"]))
        }
        return CommandSettings(
            file: path, program: program, arguments: arguments,
            workingDirectory: try values.optionalString("working_directory"),
            timeLimitSeconds: try values.optionalInt("time_limit_seconds") ?? 30,
            retrySeconds: try values.optionalInt("retry_seconds") ?? 60,
            concurrency: try values.optionalInt("concurrency") ?? 4)
    }
}
