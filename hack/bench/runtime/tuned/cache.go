package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
)

const (
	entryPrefix = "profile:"
	orderKey    = "profiles"
	newTTL      = 24 * time.Hour
	updatedTTL  = time.Hour
)

// cache holds profiles as JSON, so that one that it has is answered without being taken to pieces.
type cache struct {
	client   *redis.Client
	remember *redis.Script
	entries  int
}

func openCache(script string) (*cache, error) {
	text, err := os.ReadFile(script)
	if err != nil {
		return nil, fmt.Errorf("while reading the script of the cache: %w", err)
	}
	entries, err := strconv.Atoi(os.Getenv("CACHE_MAX_ENTRIES"))
	if err != nil {
		return nil, fmt.Errorf("CACHE_MAX_ENTRIES: %w", err)
	}
	client := redis.NewClient(&redis.Options{
		Addr:     os.Getenv("REDIS_ADDRESS"),
		Password: os.Getenv("REDIS_PASSWORD"),
	})
	return &cache{client: client, remember: redis.NewScript(string(text)), entries: entries}, nil
}

func (c *cache) close() {
	_ = c.client.Close()
}

// get is nil when there is no entry.
func (c *cache) get(ctx context.Context, id uuid.UUID) ([]byte, error) {
	entry, err := c.client.Get(ctx, entryPrefix+id.String()).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return entry, err
}

func (c *cache) put(ctx context.Context, profile *Profile) ([]byte, error) {
	text, err := json.Marshal(profile)
	if err != nil {
		return nil, err
	}
	id := profile.ID.String()
	keys := []string{entryPrefix + id, orderKey}
	err = c.remember.Run(ctx, c.client, keys, id, text, int(newTTL.Seconds()), c.entries, entryPrefix).Err()
	return text, err
}

// refresh replaces an entry that is there.
func (c *cache) refresh(ctx context.Context, profile *Profile) ([]byte, error) {
	text, err := json.Marshal(profile)
	if err != nil {
		return nil, err
	}
	return text, c.client.SetXX(ctx, entryPrefix+profile.ID.String(), text, updatedTTL).Err()
}

func (c *cache) remove(ctx context.Context, id uuid.UUID) error {
	_, err := c.client.Pipelined(ctx, func(commands redis.Pipeliner) error {
		commands.Del(ctx, entryPrefix+id.String())
		commands.LRem(ctx, orderKey, 0, id.String())
		return nil
	})
	return err
}
