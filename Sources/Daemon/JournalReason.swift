import Foundation
import JSONCore
import PluginKit
import Varlink
import Workflow

/// What the journal may say of an error. Errors that can quote what somebody has written are told by their name alone.
func journalReason(_ error: any Error) -> String {
    switch error {
    case let error as VarlinkError: error.name
    case let error as Refusal: "the engine refused it: \(name(of: error))"
    case let error as CaseEngine.Failure: "\(error)"
    case let error as PluginHost.PluginEnded: "\(journalReason(error.error)); \(error.how)"
    case is StorageError, is ConnectionError, is SocketError, is JSONFieldError, is PluginMismatch, is POSIXError,
        is PluginProcess.StartError, is PluginHost.Silent:
        "\(error)"
    default: "\(type(of: error))"
    }
}

/// The case of an enumeration, without what goes with it.
private func name(of refusal: Refusal) -> String { String("\(refusal)".prefix { $0 != "(" }) }
