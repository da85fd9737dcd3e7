package lab

import (
	"fmt"
	"regexp"
	"strings"
)

// words are runs of letters and digits; an account id is never a part of one.
var words = regexp.MustCompile(`[0-9A-Za-z]+`)

// maskAccounts puts a made-up account id in the place of every twelve digits that
// stand by themselves: in an account's own field, in ARNs, in the Principals and
// Conditions of policies, in the name of a bucket. One id becomes the same mask
// everywhere and no two become one, so policies match what they matched. The
// accounts of the world come first: 111111111111 is the first of them.
func maskAccounts(text string, accounts []Account) string {
	masks := map[string]string{}
	maskOf := func(id string) string {
		if masks[id] == "" {
			masks[id] = nthMask(len(masks) + 1)
		}
		return masks[id]
	}
	for _, a := range accounts {
		maskOf(a.ID)
	}
	return words.ReplaceAllStringFunc(text, func(word string) string {
		if len(word) != 12 || strings.Trim(word, "0123456789") != "" {
			return word
		}
		return maskOf(word)
	})
}

// nthMask is the n-th made-up account id: one digit twelve times over, and from
// the tenth on a count. None begins with a zero, which no number in JSON may.
func nthMask(n int) string {
	if n < 10 {
		return strings.Repeat(fmt.Sprint(n), 12)
	}
	return fmt.Sprint(100000000000 + n)
}
