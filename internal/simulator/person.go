// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

import (
	"encoding/json"
	"hash/fnv"
	"os"
	"strconv"
)

// Canaries are distinctive invented strings of personal data (names, a birth date, numbers of
// documents, an address, an e-mail address, a telephone number, an IP address, image links). Each
// of them is in every decision report, so that a test can search a log, a plan or a state for them,
// where none may be.
func Canaries() []string {
	return []string{
		"Zorvandel", "Quillmarrow", "1877-03-19", "X-INVENTED-DOC-", "X-INVENTED-PERSONAL-", "X-INVENTED-TAX-", "X-INVENTED-REGISTER-",
		"Nonesuch Crescent", "zorvandel.quillmarrow",
		"+120255501", // 555-0100 to 555-0199 are kept for fiction
		"203.0.113.", // a block kept for documentation
		"https://media.example.invalid/quillmarrow", "Quillmarrow Figments",
	}
}

// people is the number of different persons whom the sessions are about.
const people = 8

// newPerson returns the data of one of them, by the placeholders of the templates.
func newPerson(n int) (person map[string]string) {
	values := map[string]string{
		"n":     strconv.Itoa(n),
		"given": [people]string{"Ada", "Bo", "Cosima", "Dag", "Eulalia", "Fitz", "Gunnhild", "Hob"}[n],
		"city":  [people]string{"Fabelheim", "Lower Figment", "Port Nowhere", "Nimbus", "Erewhon-on-Sea", "Utopolis", "Quixhaven", "Vineta"}[n],
	}
	text, err := templateFiles.ReadFile("templates/person.json")
	if err == nil {
		err = json.Unmarshal([]byte(os.Expand(string(text), func(name string) string { return values[name] })), &person)
	}
	if err != nil {
		panic("simulator: person.json: " + err.Error())
	}
	return person
}

// personOf returns the number of the person whom a session is about.
func personOf(sessionID string) int { return int(hash(sessionID) % people) }

// hash is the source of all variation between sessions.
func hash(text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum32()
}
