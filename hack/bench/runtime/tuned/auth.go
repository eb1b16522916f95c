package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
)

const (
	audience   = "profile-platform"
	subjectKey = "subject"
	rankKey    = "rank"
)

// ranks of roles: one that is higher may do what those below may.
var ranks = map[string]int{"viewer": 1, "editor": 2, "admin": 3}

type claims struct {
	jwt.RegisteredClaims
	Roles []string `json:"roles"`
}

// verifier checks the signature of every token anew.
type verifier struct {
	keys   map[string]*ecdsa.PublicKey
	parser *jwt.Parser
}

func newVerifier(path, issuer string) (*verifier, error) {
	keys, err := readKeys(path)
	if err != nil {
		return nil, err
	}
	parser := jwt.NewParser(
		jwt.WithValidMethods([]string{"ES256"}),
		jwt.WithIssuer(issuer),
		jwt.WithAudience(audience),
		jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(),
		jwt.WithLeeway(30*time.Second),
	)
	return &verifier{keys: keys, parser: parser}, nil
}

func readKeys(path string) (map[string]*ecdsa.PublicKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("while reading the keys: %w", err)
	}
	var set struct {
		Keys []struct {
			Kid string `json:"kid"`
			X   string `json:"x"`
			Y   string `json:"y"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("while reading the keys: %w", err)
	}
	keys := make(map[string]*ecdsa.PublicKey, len(set.Keys))
	for _, key := range set.Keys {
		x, errX := base64.RawURLEncoding.DecodeString(key.X)
		y, errY := base64.RawURLEncoding.DecodeString(key.Y)
		if err := errors.Join(errX, errY); err != nil {
			return nil, fmt.Errorf("while reading key %s: %w", key.Kid, err)
		}
		keys[key.Kid] = &ecdsa.PublicKey{Curve: elliptic.P256(), X: new(big.Int).SetBytes(x), Y: new(big.Int).SetBytes(y)}
	}
	return keys, nil
}

func (v *verifier) authenticate(c *gin.Context) {
	text, isBearer := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	var found claims
	if isBearer {
		_, err := v.parser.ParseWithClaims(text, &found, v.keyOf)
		isBearer = err == nil && found.Subject != ""
	}
	if !isBearer {
		refuse(c, http.StatusUnauthorized, "Send a valid token as Authorization: Bearer.")
		return
	}
	rank := 0
	for _, role := range found.Roles {
		rank = max(rank, ranks[role])
	}
	c.Set(subjectKey, found.Subject)
	c.Set(rankKey, rank)
}

func (v *verifier) keyOf(token *jwt.Token) (any, error) {
	kid, _ := token.Header["kid"].(string)
	if key := v.keys[kid]; key != nil {
		return key, nil
	}
	return nil, errors.New("unknown key")
}

// needs lets pass who has the role or a higher one.
func needs(role string) gin.HandlerFunc {
	return func(c *gin.Context) {
		if c.GetInt(rankKey) < ranks[role] {
			refuse(c, http.StatusForbidden, "The role "+role+" is needed.")
		}
	}
}

func refuse(c *gin.Context, status int, detail string, fields ...string) {
	problem := gin.H{"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail}
	if len(fields) > 0 {
		slices.Sort(fields)
		problem["errors"] = fields
	}
	c.Header("Content-Type", "application/problem+json")
	c.AbortWithStatusJSON(status, problem)
}
