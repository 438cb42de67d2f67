import Foundation
import Testing

@Suite struct MessagesTests {
    /// Every text is composed, so that it looks, sorts and is found like the rest.
    @Test func testOurTextsAreNFC() throws {
        let folder = Tool.file("Sources/rotationctl")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".swift") }
        #expect(files.count > 20)
        for file in files {
            let text = try String(contentsOfFile: folder + "/" + file, encoding: .utf8)
            #expect(
                text.unicodeScalars.elementsEqual(text.precomposedStringWithCanonicalMapping.unicodeScalars), "\(file)")
            // Ð (Icelandic) looks like Đ.
            #expect(!text.unicodeScalars.contains("\u{D0}"), "\(file)")
        }
    }
}
