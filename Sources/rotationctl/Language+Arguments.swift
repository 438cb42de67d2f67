import ArgumentParser
import Glibc
import Workflow

extension Language: ExpressibleByArgument {
    /// The one that the environment asks for: Vietnamese for a Vietnamese locale, else English.
    static var ofEnvironment: Language {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            if let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty {
                return value.hasPrefix("vi") ? .vi : .en
            }
        }
        return .en
    }
}
