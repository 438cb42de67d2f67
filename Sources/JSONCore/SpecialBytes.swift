extension UnsafeBufferPointer<UInt8> {
    /// Where the next byte is that a JSON string cannot hold as it is: a quote, a backslash, a control character. Looks at
    /// eight bytes at a time, because strings are most of what is read and written.
    /// - Parameter ascii: Set to false when a byte before it is above 127.
    func firstSpecial(from start: Int, _ ascii: inout Bool) -> Int {
        let high: UInt64 = 0x8080_8080_8080_8080
        let ones: UInt64 = 0x0101_0101_0101_0101
        /// The high bit of every byte that is 0, and perhaps of bytes after such a one.
        func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & high }
        let bytes = UnsafeRawBufferPointer(self)
        var index = start
        while index + 8 <= count {
            let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let control = (word &- ones &* 0x20) & ~word & high
            if zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C)) | control != 0 { break }
            if word & high != 0 { ascii = false }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            if byte > 127 { ascii = false }
            index += 1
        }
        return index
    }
}
