/// What is to be reached.
struct Bar {
    let text: String
    let measured: String
    let isPassed: Bool
}
