// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"hash/fnv"
	"strconv"
)

// What everybody in this world shares: invented, unlike anything real, and so easy to find where it must not be.
const (
	canaryFirstName = "Zorvandel"
	canaryLastName  = "Quillmarrow"
	canaryBirthDate = "1877-03-19"
	canaryDocument  = "X-INVENTED-DOC-"
	canaryPersonal  = "X-INVENTED-PERSONAL-"
	canaryTax       = "X-INVENTED-TAX-"
	canaryRegister  = "X-INVENTED-REGISTER-"
	canaryStreet    = "Nonesuch Crescent"
	canaryEmail     = "zorvandel.quillmarrow"
	canaryPhone     = "+120255501" // 555-0100 to 555-0199 are kept for fiction
	canaryIP        = "203.0.113." // a block kept for documentation
	canaryMedia     = "https://media.example.invalid/quillmarrow"
	canaryCompany   = "Quillmarrow Figments"
)

// Canaries are distinctive invented strings of personal data (names, a birth date, numbers of documents, an address,
// an e-mail address, a telephone number, an IP address, image links). Each of them is in every decision report, so that
// a test can look for them in a log, a plan or a state, where none may be.
func Canaries() []string {
	return []string{
		canaryFirstName, canaryLastName, canaryBirthDate, canaryDocument, canaryPersonal, canaryTax, canaryRegister,
		canaryStreet, canaryEmail, canaryPhone, canaryIP, canaryMedia, canaryCompany,
	}
}

// people is how many different ones the sessions are about.
const people = 8

// person is the data of somebody who does not exist, by the names that the report templates use.
type person map[string]string

func newPerson(n int) person {
	given := [people]string{"Ada", "Bo", "Cosima", "Dag", "Eulalia", "Fitz", "Gunnhild", "Hob"}[n]
	city := [people]string{"Fabelheim", "Lower Figment", "Port Nowhere", "Nimbus", "Erewhon-on-Sea", "Utopolis", "Quixhaven", "Vineta"}[n]
	digit := strconv.Itoa(n)
	p := person{
		"first_name":          canaryFirstName + " " + given,
		"last_name":           canaryLastName,
		"birth_date":          canaryBirthDate,
		"document_number":     canaryDocument + "000" + digit,
		"personal_number":     canaryPersonal + "000" + digit,
		"tax_number":          canaryTax + "000" + digit,
		"registration_number": canaryRegister + "000" + digit,
		"street":              "70" + digit + " " + canaryStreet,
		"city":                city,
		"email":               canaryEmail + "." + digit + "@people.example.com",
		"phone":               canaryPhone + "0" + digit,
		"ip_address":          canaryIP + "7" + digit,
		"media":               canaryMedia + "/" + digit,
		"company":             canaryCompany + " of " + city,
	}
	p["full_name"] = p["first_name"] + " " + p["last_name"]
	p["address"] = p["street"] + ", 00000-X " + city
	return p
}

// personOf is the number of the person whom a session is about.
func personOf(sessionID string) int { return int(hash(sessionID) % people) }

// hash makes everything that varies by session depend on nothing but its ID.
func hash(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum32()
}
