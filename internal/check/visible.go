// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package check

import "unicode"

// Hidden reports whether a reader would not see the character, or would take it for a
// space. Some letters and symbols are drawn empty.
func Hidden(r rune) bool {
	switch r {
	case '\u2800', '\U00013441', '\U00013442', '\U0001d159':
		return true
	default:
		return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
	}
}
