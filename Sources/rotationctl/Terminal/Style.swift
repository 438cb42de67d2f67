/// How a text stands out on a terminal. The raw value is the SGR parameter (ECMA-48).
enum Style: String {
    case bold = "1", faint = "2", red = "31", green = "32", yellow = "33", cyan = "36"
}
