import Glibc

/// An address or a network of them: 4 or 16 bytes and how many leading bits count.
struct Network: Sendable, Equatable {
    let bytes: [UInt8]
    let bits: Int

    /// - Parameter text: `10.1.0.0/16`, `fd00::/8`, or one address.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, let bytes = Self.bytes(String(address)) else { return nil }
        let bits = parts.count == 2 ? Int(parts[1]) : bytes.count * 8
        guard let bits, (0...bytes.count * 8).contains(bits) else { return nil }
        self.bytes = bytes
        self.bits = bits
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    func contains(_ address: Network) -> Bool {
        guard bytes.count == address.bytes.count, address.bits >= bits else { return false }
        let (whole, rest) = (bits / 8, bits % 8)
        guard bytes[..<whole] == address.bytes[..<whole] else { return false }
        return rest == 0 || (bytes[whole] ^ address.bytes[whole]) >> (8 - rest) == 0
    }

    /// Whether it is of the public Internet: none of the special-purpose networks of IANA's registries (RFC 6890), no
    /// multicast. An IPv6 address that stands for an IPv4 one, by mapping or translation, is what that one is.
    var isPublic: Bool {
        if let inner = embedded { return inner.isPublic }
        return !Self.special.contains { $0.contains(self) }
            && (bytes.count == 4 || Self.globalUnicast.contains { $0.contains(self) })
    }

    private var embedded: Network? {
        guard bytes.count == 16 else { return nil }
        for (prefix, offset) in Self.carriers where prefix.contains(self) {
            return Network(bytes[offset..<offset + 4].map(String.init).joined(separator: "."))
        }
        return nil
    }

    /// IPv4-mapped, NAT64, 6to4; and where in them the IPv4 address is.
    private static let carriers = [("::ffff:0:0/96", 12), ("64:ff9b::/96", 12), ("2002::/16", 2)]
        .compactMap { text, offset in Network(text).map { ($0, offset) } }
    /// Everything else in IPv6 is reserved, local or multicast.
    private static let globalUnicast = ["2000::/3"].compactMap(Network.init)
    private static let special = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "2001::/23", "2001:db8::/32", "3fff::/20",
    ].compactMap(Network.init)
}
