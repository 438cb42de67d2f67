import Testing

@testable import rotationctl

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("Nguyễn Ngọc Hiền", 16), ("Nguye\u{302}\u{303}n", 6), ("đĐ", 2), ("日本", 4), ("한글", 4),
        ("ｱ", 1), ("Ａ", 2), ("🇻🇳", 2), ("👩‍👧", 2), ("✔\u{FE0F}", 2), ("a\u{200B}b", 2), ("…→", 2),
    ])
    func testEveryCharacterTakesItsColumns(text: String, width: Int) {
        #expect(text.displayWidth == width)
    }

    @Test func testComposedAndDecomposedVietnameseAreEquallyWide() {
        let composed = "Hoàn thành xuất sắc nhiệm vụ"
        let decomposed = String(
            composed.unicodeScalars.flatMap { String($0).decomposed.unicodeScalars }.map(Character.init))
        #expect(decomposed.unicodeScalars.count > composed.unicodeScalars.count)
        #expect(decomposed.displayWidth == composed.displayWidth)
        #expect(decomposed.truncated(to: 10).displayWidth == 10)
    }

    @Test func testATextIsCutWithoutBreakingACharacter() {
        #expect("日本語".truncated(to: 4) == "日…")
        #expect("Nguyễn".truncated(to: 6) == "Nguyễn")
        #expect("Nguyễn Ngọc".truncated(to: 6) == "Nguyễ…")
    }

    @Test func testWhatSteersATerminalIsReplaced() {
        #expect("a\u{1B}[31mb\u{9B}c".printable() == "a\u{FFFD}[31mb\u{FFFD}c")
        #expect("a\r\nb\tc".printable() == "a b c")
        #expect("a\nb".printable(keepingLines: true) == "a\nb")
        #expect("\u{202E}abc".printable() == "\u{FFFD}abc")
        #expect("Nguyễn".printable() == "Nguyễn")
    }
}
