/// What an import brings: the catalogue, and the staff and kiosks with the secrets that the catalogue must not hold.
package struct CatalogueInput: Hashable, Sendable {
    package var catalogue: Catalogue
    package var staff: [StaffInput]
    package var kiosks: [KioskInput]

    package init(catalogue: Catalogue, staff: [StaffInput] = [], kiosks: [KioskInput] = []) {
        self.catalogue = catalogue
        self.staff = staff
        self.kiosks = kiosks
    }
}
