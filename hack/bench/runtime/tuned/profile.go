package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/google/uuid"
)

// Profile as the API shows it, and as it is cached.
type Profile struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name"`
	Email     string    `json:"email"`
	Bio       *string   `json:"bio,omitempty"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"createdAt"`
	UpdatedAt time.Time `json:"updatedAt"`
}

// Input is what a client sends to create or replace a profile.
type Input struct {
	Name  string  `json:"name"`
	Email string  `json:"email"`
	Bio   *string `json:"bio"`
}

const longestBody = 32 * 1024

// readInput returns the fields that are wrong beside what it read.
func readInput(body io.Reader) (Input, []string, error) {
	var input Input
	decoder := json.NewDecoder(io.LimitReader(body, longestBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&input); err != nil {
		return Input{}, nil, err
	}
	if decoder.More() {
		return Input{}, nil, errors.New("more than one value")
	}
	input.Name = strings.TrimSpace(input.Name)
	input.Email = strings.TrimSpace(input.Email)
	var wrong []string
	if length := lengthOf(input.Name); length < 1 || length > 200 || strings.ContainsFunc(input.Name, unicode.IsControl) {
		wrong = append(wrong, "name")
	}
	if address, err := mail.ParseAddress(input.Email); err != nil || address.Address != input.Email || len(input.Email) > 254 {
		wrong = append(wrong, "email")
	}
	if input.Bio != nil {
		bio := strings.TrimSpace(*input.Bio)
		input.Bio = &bio
		if lengthOf(bio) > 2000 || strings.ContainsFunc(bio, isForbiddenInBio) {
			wrong = append(wrong, "bio")
		}
	}
	return input, wrong, nil
}

// lengthOf counts as JavaScript does.
func lengthOf(text string) int {
	length := 0
	for _, character := range text {
		length += utf16.RuneLen(character)
	}
	return length
}

func isForbiddenInBio(character rune) bool {
	return unicode.IsControl(character) && !strings.ContainsRune("\t\n\r", character)
}
