import JSONCore

/// The divisor of `multipleOf`, compared in decimal: people mean 0.01 and 19.99, not the binary fractions nearest them.
struct DecimalDivisor: Sendable {
    let value: Double
    /// `value` is `units` / `scale`, where `scale` is a power of ten; nil when it takes more than 15 decimals.
    private let decimal: (units: Int, scale: Double)?

    /// - Parameter value: A finite number above zero.
    init(_ value: Double) {
        self.value = value
        decimal = Self.scales.lazy.compactMap { scale in Self.units(of: value, scale: scale).map { ($0, scale) } }.first
    }

    func divides(_ number: JSON) -> Bool {
        switch (number, decimal) {
        case (.int(let number), (let units, let scale)?):
            return (Int128(number) * Int128(scale)) % Int128(units) == 0
        case (.double(let number), (let units, let scale)?) where abs(number * scale) < Self.exact:
            return Self.units(of: number, scale: scale).map { $0 % units == 0 } ?? false
        case (.int(let number), nil): return Double(number).truncatingRemainder(dividingBy: value) == 0
        case (.double(let number), _): return number.truncatingRemainder(dividingBy: value) == 0
        default: return true
        }
    }

    private static let scales: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]
    /// 2⁵⁰: below it the product of a Double and a scale is less than a half away from the decimal product.
    private static let exact: Double = 1_125_899_906_842_624

    /// How many times 1/`scale` the decimal number is that `value` stands for; nil when that is not whole. Both
    /// operands of the division are exact, so its result is the Double nearest to the decimal number (IEEE 754), which
    /// is `value` or not.
    private static func units(of value: Double, scale: Double) -> Int? {
        let units = (value * scale).rounded()
        return abs(units) < exact && units / scale == value ? Int(units) : nil
    }
}
