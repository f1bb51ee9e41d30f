// Copyright (c) The terraform-provider-didit authors
// SPDX-License-Identifier: MPL-2.0

package simulator

// The types of an actor, as actor_type in the activity feed (schema ReviewItem).
const (
	ActorAPIKey      = "API_KEY"
	ActorConsoleUser = "CONSOLE_USER"
	ActorSystem      = "SYSTEM"
)

// Actor is who changes something. The zero value is the console user "console".
type Actor struct {
	// Type is ActorAPIKey, ActorConsoleUser or ActorSystem. Empty: ActorConsoleUser.
	Type string `json:"type"`
	// Name is on the audit trail. Empty: "console".
	Name string `json:"name"`
}

// ConsoleUser returns a person in Didit's console.
func ConsoleUser(name string) Actor { return Actor{ActorConsoleUser, name} }

// APIKey returns a key that is not one of Options, such as that of another program.
func APIKey(name string) Actor { return Actor{ActorAPIKey, name} }

// system is Didit itself.
var system = Actor{ActorSystem, "Didit"}

// actor returns the one of a known credential: a token is a console user's.
func (c *Credential) actor() Actor {
	if c.AccessToken != "" {
		return ConsoleUser(c.Actor)
	}
	return APIKey(c.Actor)
}
