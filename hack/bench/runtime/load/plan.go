package main

// Plan is what to send.
type Plan struct {
	URL string `json:"url"`
	// Bearer tokens, used in turn.
	Tokens  []string `json:"tokens"`
	Seconds float64  `json:"seconds"`
	// Requests a second, whether those before were answered or not; 0 to send the next one after each answer.
	Rate float64 `json:"rate"`
	// Without a rate, requests that are under way at once.
	Connections int `json:"connections"`
	// What is sent, in turn.
	Pattern []string `json:"pattern"`
	// Profiles that are read again and again.
	Hot Range `json:"hot"`
	// Profiles that are each read so rarely that no cache still has them.
	Cold Range `json:"cold"`
	// Profiles that are there to be deleted, once each.
	Spare Range `json:"spare"`
	// Makes e-mail addresses that nobody has.
	Label string `json:"label"`
}

// Range has the numbers of profiles, both ends included.
type Range struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// at goes round the range.
func (r Range) at(i int) int {
	return r.From + i%(r.To-r.From+1)
}
