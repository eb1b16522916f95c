// The profile API in Go, as somebody writes it who wants it fast: gin, pgx, go-redis. It is measured beside the
// project's server.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	if err := run(log); err != nil {
		log.Error(err.Error())
		os.Exit(1)
	}
}

func run(log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	verifier, err := newVerifier(os.Getenv("AUTH_JWKS_FILE"), os.Getenv("AUTH_ISSUER"))
	if err != nil {
		return err
	}
	store, err := openStore(ctx)
	if err != nil {
		return err
	}
	defer store.close()
	cache, err := openCache(os.Getenv("CACHE_SCRIPT"))
	if err != nil {
		return err
	}
	defer cache.close()
	server := &http.Server{
		Addr:              net.JoinHostPort("127.0.0.1", os.Getenv("SERVER_PORT")),
		Handler:           router(log, verifier, &api{store: store, cache: cache}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.ListenAndServe() }()
	select {
	case err := <-ended:
		return fmt.Errorf("while serving: %w", err)
	case <-ctx.Done():
	}
	finish, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(finish); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("while stopping: %w", err)
	}
	return nil
}

func router(log *slog.Logger, verifier *verifier, api *api) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.Use(logged(log), gin.Recovery())
	engine.GET("/ready", func(c *gin.Context) { c.Status(http.StatusOK) })
	profiles := engine.Group("/api/v1/profiles", verifier.authenticate)
	profiles.POST("", needs("editor"), api.create)
	profiles.GET("", needs("viewer"), api.list)
	profiles.GET("/:id", needs("viewer"), api.read)
	profiles.PUT("/:id", needs("editor"), api.replace)
	profiles.DELETE("/:id", needs("admin"), api.remove)
	return engine
}

// logged writes one line a request.
func logged(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		began := time.Now()
		c.Next()
		log.LogAttrs(c, slog.LevelInfo, "answered",
			slog.String("method", c.Request.Method),
			slog.String("path", c.Request.URL.Path),
			slog.Int("status", c.Writer.Status()),
			slog.Float64("ms", float64(time.Since(began).Microseconds())/1000),
			slog.String("subject", c.GetString(subjectKey)))
	}
}
