import Foundation
import PluginKit
import Testing

@Suite struct SortKeyTests {
    private static let python = "/usr/bin/python3"
    private static let hasICU = run("import icu", input: "") != nil

    /// What a Python program prints; nil when it fails.
    private static func run(_ program: String, input: String) -> String? {
        let process = Process()
        let (given, printed) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", program]
        process.standardInput = given
        process.standardOutput = printed
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // It reads everything before it writes.
        try? given.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? given.fileHandleForWriting.close()
        let output = (try? printed.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : nil
    }

    @Test func testPeopleAreSortedByGivenThenFamilyThenMiddleName() {
        let names = [
            "Trần Thị An", "Nguyễn Văn Ân", "Lê Bình", "Nguyễn Ngọc Bình", "Nguyễn Văn Bình", "Đỗ Chi", "Trần Văn Dũng",
            "Lê Đức", "Nguyễn Hoa", "Nguyễn Hòa", "Nguyễn Hỏa", "Nguyễn Hõa", "Nguyễn Hóa", "Nguyễn Họa",
            "Phạm Ngọc Ước",
        ]
        let sorted = names.reversed().sorted { key($0) < key($1) }
        #expect(sorted == names)
    }

    @Test func testPeopleThatAreNamedByNumberAreSortedByIt() {
        let names = [
            "Cán bộ 1", "Cán bộ 07, công chức địa chính", "Cán bộ 11, Bí thư Đảng ủy xã", "Cán bộ 101, Bí thư",
        ]
        #expect(names.reversed().sorted { key($0) < key($1) } == names)
    }

    @Test(arguments: [
        ("Nguyễn Ngọc Hiền", ["Nguyễn", "Ngọc", "Hiền"]), ("Đặng Thị Hiền Lương", ["Đặng", "Thị Hiền", "Lương"]),
        ("Hiền", ["", "", "Hiền"]), ("Lê Lợi", ["Lê", "", "Lợi"]), ("", ["", "", ""]),
        ("Cán bộ 07, công chức địa chính", ["Cán", "bộ", "07"]),
    ])
    func testAFullNameIsTakenApart(name: String, parts: [String]) {
        let official = Official(id: "x", fullName: name)
        #expect([official.familyName, official.middleName, official.givenName] == parts)
    }

    @Test func testComposedAndDecomposedNamesAreTheSame() {
        for name in ["Nguyễn Ngọc Hiền", "Ước", "ấặợ"] {
            #expect(sortKey(name.decomposedStringWithCanonicalMapping) == sortKey(name))
        }
    }

    /// Names of letters, tones, signs and numbers in every mixture, put in order by ICU, which knows CLDR's rules.
    @Test(.enabled(if: hasICU, "python3-icu is not installed")) func testTheOrderIsThatOfICU() throws {
        var generator = Generator()
        let letters = Array("aăâbcdđeêghiklmnoôơpqrstuưvxyfjwz")
        let tones = ["", "", "", "\u{300}", "\u{309}", "\u{303}", "\u{301}", "\u{323}"]
        let signs = [" ", " ", "-", ",", "(", ")", "/", "'", ".", ":"]
        func word() -> String {
            if Int.random(in: 0..<8, using: &generator) == 0 {
                return String(Int.random(in: 0..<(Bool.random(using: &generator) ? 20 : 100_000), using: &generator))
            }
            return (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                let letter = String(letters.randomElement(using: &generator) ?? "a")
                let tone = "aăâeêioôơuưy".contains(letter) ? tones.randomElement(using: &generator) ?? "" : ""
                return (Int.random(in: 0..<4, using: &generator) == 0 ? letter.uppercased() : letter) + tone
            }.joined()
        }
        let names = (0..<5000).map { _ in
            (0..<Int.random(in: 1...3, using: &generator)).map { _ in word() }
                .joined(separator: signs.randomElement(using: &generator) ?? " ").precomposedStringWithCanonicalMapping
        }
        let program = """
            import icu, sys
            order = icu.Collator.createInstance(icu.Locale("vi"))
            order.setAttribute(icu.UCollAttribute.NUMERIC_COLLATION, icu.UCollAttributeValue.ON)
            sys.stdin.reconfigure(encoding="utf-8"); sys.stdout.reconfigure(encoding="utf-8")
            print("\\n".join(sorted(sys.stdin.read().split("\\n"), key=order.getSortKey)))
            """
        let printed = try #require(Self.run(program, input: names.joined(separator: "\n")))
        let sorted = printed.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).filter {
            !$0.isEmpty
        }
        #expect(sorted.count == names.count)
        for (before, after) in zip(sorted, sorted.dropFirst()) {
            #expect(
                !(Array(sortKey(after).utf8).lexicographicallyPrecedes(Array(sortKey(before).utf8))),
                "\(before) | \(after)")
        }
    }

    private func key(_ name: String) -> String { Official(id: "x", fullName: name).sortKey }
}

private struct Generator: RandomNumberGenerator {
    private var state: UInt64 = 915

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
