import Foundation
import Testing

@testable import notify_webhook

/// Which addresses are of the public Internet.
@Suite struct NetworkTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1",
        "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001::1", "2001:db8::1", "::127.0.0.1",
    ])
    func testWhatIsNotOfTheInternetIsKnown(text: String) throws {
        #expect(try !#require(Network(text)).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
        "223.255.255.255", "2606:4700::1111", "2405:4800::1", "::ffff:1.1.1.1", "64:ff9b::808:808", "2002:0808:0808::",
    ])
    func testWhatIsOfTheInternetIsKnown(text: String) throws {
        #expect(try #require(Network(text)).isPublic)
    }

    @Test(arguments: [
        ("10.1.0.0/16", "10.1.255.1", true), ("10.1.0.0/16", "10.2.0.0", false), ("10.0.0.0/9", "10.127.0.1", true),
        ("10.0.0.0/9", "10.128.0.1", false), ("0.0.0.0/0", "9.9.9.9", true), ("0.0.0.0/0", "::1", false),
        ("fd00::/8", "fd01::1", true), ("fd00::/8", "fe00::1", false), ("10.0.0.7", "10.0.0.7", true),
        ("10.0.0.7", "10.0.0.6", false),
    ])
    func testANetworkHoldsItsAddresses(network: String, address: String, holds: Bool) throws {
        #expect(try #require(Network(network)).contains(try #require(Network(address))) == holds)
    }

    @Test(arguments: ["", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "a.vn", "10.0.0.0/-1", "10.0.0.0/8/8"])
    func testWhatIsNoNetworkIsRefused(text: String) {
        #expect(Network(text) == nil)
    }

    @Test(arguments: [
        ("120", 120), ("0", 1), ("99999999999999999999", 86_400), ("Fri, 29 Jul 2022 02:02:00 GMT", 120),
        ("Friday, 29-Jul-22 02:02:00 GMT", 120), ("Fri Jul 29 02:02:00 2022", 120),
        ("Fri, 29 Jul 2022 01:00:00 GMT", 1), ("soon", nil), ("-5", nil), ("", nil),
    ])
    func testRetryAfterIsSecondsOrADate(text: String, seconds: Int?) {
        #expect(RetryAfter.seconds(text, now: Date(timeIntervalSince1970: 1_659_060_000)) == seconds)
    }
}
