import Foundation

/// An address that can be sent to, in the only reading that there is of it: what is checked is what is connected to.
struct WebhookURL: Sendable, Equatable {
    let text: String
    /// A name, or an address without brackets.
    let host: String
    let port: Int
    let isHTTPS: Bool

    /// - Parameter base: What `text`, a redirection's target, may be relative to.
    init?(_ text: String, relativeTo base: WebhookURL? = nil) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let url = URL(string: text, relativeTo: base.flatMap { URL(string: $0.text) })?.absoluteURL,
            let scheme = url.scheme?.lowercased(), ["https", "http"].contains(scheme),
            url.user == nil, url.password == nil, url.fragment == nil, let host = url.host,
            host.utf8.allSatisfy(Self.isHostByte), url.port.map({ (1...65535).contains($0) }) ?? true
        else { return nil }
        let bare = host.trimmingCharacters(in: ["[", "]"])
        guard !bare.isEmpty else { return nil }
        self.text = url.absoluteString
        self.host = bare
        port = url.port ?? (scheme == "https" ? 443 : 80)
        isHTTPS = scheme == "https"
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "["), UInt8(ascii: "]"):
            true
        default: false
        }
    }
}
