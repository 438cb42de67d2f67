import JSONCore
import Testing

@Suite struct JSONParseTests {
    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "1:8: member \"a\" is given twice"),
        ("[1,]", "1:4: expected a value"),
        ("01", "1:1: a number has a leading zero"),
        ("12345678901234567890", "1:1: a whole number does not fit 64 bits"),
        ("1e999", "1:1: a number is too large"),
        ("{\n \"a\": tru}", "2:7: expected true"),
        ("\"\\ud800\"", "1:2: half a surrogate pair in a string"),
        ("\"a\u{1}\"", "1:3: a control character in a string is not escaped"),
        ("1 2", "1:3: unexpected text after the value"),
        ("", "1:1: unexpected end of the text"),
    ])
    func testWhatIsNotJSONIsRefusedWithItsPlace(text: String, message: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
        #expect(error?.description == message)
    }

    @Test func testBytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: [0x22, 0xC3, 0x28, 0x22]) }
    }

    @Test func testDeepNestingIsRefusedWithoutOverflowingTheStack() {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: deep) }
        #expect(error?.reason == "nested deeper than 128 levels")
    }

    @Test func testWhatIsWrittenReadsBackEqual() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let value = randomValue(depth: 4, &generator)
            #expect(try JSON(parsing: value.bytes()) == value)
            #expect(try JSON(parsing: value.canonicalBytes()) == value)
            #expect(try JSON(parsing: value.pretty) == value)
        }
    }

    @Test func testTheCanonicalTextDoesNotDependOnTheOrderOfMembers() throws {
        let one = try JSON(parsing: #"{"b": 1.0, "a": [1e2, "Đ"], "ă": null}"#)
        let other = try JSON(parsing: #"{"ă": null, "a": [100, "\u0110"], "b": 1}"#)
        #expect(one == other)
        #expect(String(decoding: one.canonicalBytes(), as: UTF8.self) == #"{"a":[100,"Đ"],"b":1,"ă":null}"#)
        #expect(one.canonicalBytes() == other.canonicalBytes())
    }

    @Test func testRandomBytesNeverCrashTheParser() {
        var generator = SystemRandomNumberGenerator()
        let alphabet = Array(#"{}[]",:\u0123456789-+.eE truefalsn"#.utf8) + [0xC3, 0x00, 0xFF]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...40)).map { _ in alphabet.randomElement(using: &generator)! }
            if let value = try? JSON(parsing: bytes) { #expect((try? JSON(parsing: value.bytes())) == value) }
        }
    }

    private func randomValue(depth: Int, _ generator: inout some RandomNumberGenerator) -> JSON {
        switch Int.random(in: 0...(depth > 0 ? 7 : 5), using: &generator) {
        case 0: .null
        case 1: .bool(.random(using: &generator))
        case 2: .int(.random(in: .min ... .max, using: &generator))
        case 3: JSON(number: Double(bitPattern: .random(in: 0...UInt64.max, using: &generator)).finiteOrZero)
        case 4, 5:
            .string(
                String(
                    String.UnicodeScalarView(
                        (0..<6).map { _ in
                            Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) ?? "\""
                        })))
        case 6: .array((0..<3).map { _ in randomValue(depth: depth - 1, &generator) })
        default:
            .object(
                JSONObject(
                    (0..<3).map { ("k\($0)\"ệ", randomValue(depth: depth - 1, &generator)) }, uniquingKeysWith: { $1 }))
        }
    }
}

extension Double {
    fileprivate var finiteOrZero: Double { isFinite ? self : 0 }

    /// Strings are scanned eight bytes at a time: every byte at every place, beside what is 32 below, above 127, and NUL.
    @Test func testEveryByteIsFoundAtEveryPlace() throws {
        for byte in UInt8.min...127 {
            for place in 0..<18 {
                for filler in ["a", "ă", "\u{7F}", " "] {
                    let text = String(repeating: filler, count: place) + String(Unicode.Scalar(byte)) + filler
                    let bytes = JSON.string(text).bytes()
                    #expect(try JSON(parsing: bytes) == .string(text))
                    if byte < 0x20 {
                        let raw = Array("\"\(text)\"".utf8)
                        #expect(throws: JSONSyntaxError.self) { try JSON(parsing: raw) }
                    }
                }
            }
        }
    }

    @Test func testAnObjectOfManyMembersIsLikeASmallOne() {
        for count in [1, 23, 24, 25, 26, 60] {
            var object = JSONObject((0..<count).map { ("m\($0)", .int($0)) }) { $1 }
            var expected = (0..<count).map { ("m\($0)", $0) }
            func check() {
                #expect(object.map(\.key) == expected.map(\.0))
                for (name, value) in expected { #expect(object[name] == .int(value)) }
                #expect(object["other"] == nil)
            }
            check()
            object["m0"] = nil
            expected.removeFirst()
            check()
            object["new"] = 7
            expected.append(("new", 7))
            check()
            object["new"] = 8
            expected[expected.count - 1].1 = 8
            check()
            #expect(object == JSONObject(object.reversed().map { ($0.key, $0.value) }) { $1 })
            #expect(object.filter { $0.key == "new" } == ["new": 8])
        }
    }
}
