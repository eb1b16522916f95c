package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

type api struct {
	store *store
	cache *cache
}

func (a *api) create(c *gin.Context) {
	input, ok := inputOf(c)
	if !ok {
		return
	}
	profile, err := a.store.insert(c, uuid.New(), input)
	if err != nil {
		fail(c, err)
		return
	}
	c.Header("Location", "/api/v1/profiles/"+profile.ID.String())
	c.JSON(http.StatusCreated, gin.H{"profile": profile, "source": "database"})
}

func (a *api) read(c *gin.Context) {
	id, ok := idOf(c)
	if !ok {
		return
	}
	entry, err := a.cache.get(c, id)
	if err != nil {
		_ = c.Error(err)
	}
	if entry != nil {
		answer(c, entry, "cache")
		return
	}
	profile, err := a.store.find(c, id)
	if err != nil {
		fail(c, err)
		return
	}
	if profile == nil {
		refuse(c, http.StatusNotFound, "There is no such profile.")
		return
	}
	text, err := a.cache.put(c, profile)
	if err != nil {
		_ = c.Error(err)
	}
	answer(c, text, "database")
}

func (a *api) replace(c *gin.Context) {
	id, ok := idOf(c)
	if !ok {
		return
	}
	input, ok := inputOf(c)
	if !ok {
		return
	}
	profile, err := a.store.replace(c, id, input)
	if err != nil {
		fail(c, err)
		return
	}
	if profile == nil {
		refuse(c, http.StatusNotFound, "There is no such profile.")
		return
	}
	text, err := a.cache.refresh(c, profile)
	if err != nil {
		fail(c, err)
		return
	}
	answer(c, text, "database")
}

func (a *api) remove(c *gin.Context) {
	id, ok := idOf(c)
	if !ok {
		return
	}
	deleted, err := a.store.remove(c, id)
	if err == nil && deleted {
		err = a.cache.remove(c, id)
	}
	if err != nil {
		fail(c, err)
		return
	}
	if !deleted {
		refuse(c, http.StatusNotFound, "There is no such profile.")
		return
	}
	c.Status(http.StatusNoContent)
}

func (a *api) list(c *gin.Context) {
	limit, err := strconv.Atoi(c.DefaultQuery("limit", "20"))
	if err != nil || limit < 1 || limit > 100 {
		refuse(c, http.StatusBadRequest, "limit is a number from 1 to 100.", "limit")
		return
	}
	after, err := positionOf(c.Query("cursor"))
	if err != nil {
		refuse(c, http.StatusBadRequest, "cursor is the nextCursor of an earlier answer.", "cursor")
		return
	}
	profiles, err := a.store.list(c, limit+1, after)
	if err != nil {
		fail(c, err)
		return
	}
	page := gin.H{"profiles": profiles}
	if len(profiles) > limit {
		last := profiles[limit-1]
		page["profiles"] = profiles[:limit]
		page["nextCursor"] = last.CreatedAt.Format(time.RFC3339Nano) + "_" + last.ID.String()
	}
	c.JSON(http.StatusOK, page)
}

func positionOf(cursor string) (*position, error) {
	if cursor == "" {
		return nil, nil
	}
	createdAt, id, _ := strings.Cut(cursor, "_")
	at, errTime := time.Parse(time.RFC3339Nano, createdAt)
	last, errID := uuid.Parse(id)
	return &position{CreatedAt: at, ID: last}, errors.Join(errTime, errID)
}

func idOf(c *gin.Context) (uuid.UUID, bool) {
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		refuse(c, http.StatusBadRequest, "The id is a UUID.", "id")
	}
	return id, err == nil
}

func inputOf(c *gin.Context) (Input, bool) {
	if c.ContentType() != "application/json" {
		refuse(c, http.StatusUnsupportedMediaType, "Send the body as application/json.")
		return Input{}, false
	}
	input, wrong, err := readInput(c.Request.Body)
	if err != nil {
		refuse(c, http.StatusBadRequest, "The body is not a profile: "+err.Error())
		return Input{}, false
	}
	if len(wrong) > 0 {
		refuse(c, http.StatusBadRequest, "Correct these fields.", wrong...)
		return Input{}, false
	}
	return input, true
}

// answer puts together what needs no encoding.
func answer(c *gin.Context, profile json.RawMessage, source string) {
	text := make([]byte, 0, len(profile)+40)
	text = append(text, `{"profile":`...)
	text = append(text, profile...)
	text = append(text, `,"source":"`+source+`"}`...)
	c.Data(http.StatusOK, "application/json; charset=utf-8", text)
}

func fail(c *gin.Context, err error) {
	if errors.Is(err, errEmailTaken) {
		refuse(c, http.StatusConflict, "Another profile has this e-mail address.", "email")
		return
	}
	_ = c.Error(err)
	refuse(c, http.StatusInternalServerError, "The service failed.")
}
