/// What a service says of itself (GetInfo).
public struct ServiceIdentity: Sendable {
    public let vendor: String, product: String, version: String, url: String

    public init(vendor: String, product: String, version: String, url: String) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
    }
}
