import JSONCore
import NIOCore

/// A message that Varlink does not allow: the connection is closed without an answer.
struct ProtocolViolation: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// The header and parameters of a call, as they came.
struct CallMessage: Equatable {
    enum Mode: Equatable { case unary, oneway, more, upgrade }

    var method: String
    var parameters: JSONObject = [:]
    var mode = Mode.unary

    init(method: String, parameters: JSONObject, mode: Mode) {
        self.method = method
        self.parameters = parameters
        self.mode = mode
    }

    init(parsing message: ByteBuffer, maximumDepth: Int) throws(ProtocolViolation) {
        method = ""
        for (key, value) in try parseMessage(message, maximumDepth: maximumDepth) {
            switch (key, value) {
            case ("method", .string(let name)): method = name
            case ("parameters", .object(let members)): parameters = members
            case ("oneway", .bool(true)): try set(.oneway)
            case ("more", .bool(true)): try set(.more)
            case ("upgrade", .bool(true)): try set(.upgrade)
            case ("oneway", .bool), ("more", .bool), ("upgrade", .bool): break
            case ("oneway", .null), ("more", .null), ("upgrade", .null), ("parameters", .null): break
            default: try refuseUnlessVendor(key, value)
            }
        }
        if method.isEmpty { throw ProtocolViolation("a call names no method") }
    }

    private mutating func set(_ mode: Mode) throws(ProtocolViolation) {
        guard self.mode == .unary else {
            throw ProtocolViolation("more than one of oneway, more and upgrade is true")
        }
        self.mode = mode
    }

    /// The message with its NUL.
    func encoded() -> [UInt8] {
        var bytes = Array(#"{"method":"#.utf8)
        bytes.reserveCapacity(256)
        JSON.string(method).write(to: &bytes)
        append(parameters, to: &bytes)
        switch mode {
        case .unary: break
        case .oneway: bytes.append(contentsOf: #","oneway":true"#.utf8)
        case .more: bytes.append(contentsOf: #","more":true"#.utf8)
        case .upgrade: bytes.append(contentsOf: #","upgrade":true"#.utf8)
        }
        bytes.append(UInt8(ascii: "}"))
        bytes.append(0)
        return bytes
    }
}

/// One answer to a call.
struct ReplyMessage: Equatable {
    var parameters: JSONObject = [:]
    var continues = false
    /// The full name of an error.
    var error: String?

    init(parameters: JSONObject, continues: Bool = false) {
        self.parameters = parameters
        self.continues = continues
    }

    init(_ error: VarlinkError) {
        parameters = error.parameters
        self.error = error.name
    }

    init(parsing message: ByteBuffer, maximumDepth: Int) throws(ProtocolViolation) {
        for (key, value) in try parseMessage(message, maximumDepth: maximumDepth) {
            switch (key, value) {
            case ("parameters", .object(let members)): parameters = members
            case ("continues", .bool(let value)): continues = value
            case ("error", .string(let name)): error = name
            case ("parameters", .null), ("continues", .null), ("error", .null): break
            default: try refuseUnlessVendor(key, value)
            }
        }
        if continues, error != nil { throw ProtocolViolation("an error reply continues") }
    }

    /// The message with its NUL.
    func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        if let error {
            bytes.append(contentsOf: #"{"error":"#.utf8)
            JSON.string(error).write(to: &bytes)
            append(parameters, to: &bytes)
        } else {
            bytes.append(UInt8(ascii: "{"))
            append(parameters, to: &bytes)
            if continues {
                if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
                bytes.append(contentsOf: #""continues":true"#.utf8)
            }
        }
        bytes.append(UInt8(ascii: "}"))
        bytes.append(0)
        return bytes
    }
}

private func parseMessage(_ message: ByteBuffer, maximumDepth: Int) throws(ProtocolViolation) -> JSONObject {
    let value: JSON
    do {
        value = try JSON(parsing: message.readableBytesView, maximumDepth: maximumDepth)
    } catch {
        throw ProtocolViolation("malformed JSON at \(error)")
    }
    guard case .object(let header) = value else {
        throw ProtocolViolation("a message is not an object but \(value.typeName)")
    }
    return header
}

/// Keys of vendors are reverse-domain names; those that nobody here knows are ignored.
private func refuseUnlessVendor(_ key: String, _ value: JSON) throws(ProtocolViolation) {
    guard key.utf8.contains(UInt8(ascii: ".")) else {
        throw ProtocolViolation("key \(JSON.string(key)) of a message is unknown or has a wrong type")
    }
}

/// Absent parameters and `{}` are equal, and absent is shorter.
private func append(_ parameters: JSONObject, to bytes: inout [UInt8]) {
    guard !parameters.isEmpty else { return }
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(contentsOf: #""parameters":"#.utf8)
    JSON.object(parameters).write(to: &bytes)
}
