package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// connections is about what two processors of a database carry out best.
const connections = 8

const columns = "id, name, email, bio, version, created_at, updated_at"

var errEmailTaken = errors.New("another profile has this e-mail address")

// store prepares each statement once a connection, which is pgx's default.
type store struct {
	pool *pgxpool.Pool
}

func openStore(ctx context.Context) (*store, error) {
	address := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(os.Getenv("DB_USER"), os.Getenv("DB_PASSWORD")),
		Host:   net.JoinHostPort(os.Getenv("DB_HOST"), os.Getenv("DB_PORT")),
		Path:   os.Getenv("DB_NAME"),
	}
	config, err := pgxpool.ParseConfig(address.String())
	if err != nil {
		return nil, fmt.Errorf("while reading the settings of PostgreSQL: %w", err)
	}
	config.MaxConns, config.MinConns = connections, connections
	config.ConnConfig.RuntimeParams["statement_timeout"] = "4000"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("while connecting to PostgreSQL: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		return nil, fmt.Errorf("while connecting to PostgreSQL: %w", err)
	}
	return &store{pool: pool}, nil
}

func (s *store) close() {
	s.pool.Close()
}

func (s *store) find(ctx context.Context, id uuid.UUID) (*Profile, error) {
	return s.one(ctx, "SELECT "+columns+" FROM profiles WHERE id = $1", [16]byte(id))
}

func (s *store) insert(ctx context.Context, id uuid.UUID, input Input) (*Profile, error) {
	return s.one(ctx, "INSERT INTO profiles (id, name, email, bio) VALUES ($1, $2, $3, $4) RETURNING "+columns,
		[16]byte(id), input.Name, input.Email, input.Bio)
}

func (s *store) replace(ctx context.Context, id uuid.UUID, input Input) (*Profile, error) {
	return s.one(ctx, "UPDATE profiles SET name = $2, email = $3, bio = $4, version = version + 1, updated_at = now() "+
		"WHERE id = $1 RETURNING "+columns, [16]byte(id), input.Name, input.Email, input.Bio)
}

func (s *store) remove(ctx context.Context, id uuid.UUID) (bool, error) {
	done, err := s.pool.Exec(ctx, "DELETE FROM profiles WHERE id = $1", [16]byte(id))
	return done.RowsAffected() > 0, err
}

func (s *store) list(ctx context.Context, limit int, after *position) ([]*Profile, error) {
	var from position
	if after != nil {
		from = *after
	}
	rows, err := s.pool.Query(ctx, "SELECT "+columns+" FROM profiles WHERE (created_at, id) > ($1, $2) "+
		"ORDER BY created_at, id LIMIT $3", from.CreatedAt, [16]byte(from.ID), limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}

// position is where a list goes on.
type position struct {
	CreatedAt time.Time
	ID        uuid.UUID
}

// one is nil when there is no such profile.
func (s *store) one(ctx context.Context, statement string, values ...any) (*Profile, error) {
	rows, err := s.pool.Query(ctx, statement, values...)
	if err != nil {
		return nil, err
	}
	profile, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" {
		return nil, errEmailTaken
	}
	return profile, err
}

func scan(row pgx.CollectableRow) (*Profile, error) {
	var profile Profile
	var id [16]byte
	err := row.Scan(&id, &profile.Name, &profile.Email, &profile.Bio, &profile.Version, &profile.CreatedAt, &profile.UpdatedAt)
	profile.ID = id
	return &profile, err
}
