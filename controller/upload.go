package controller

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/netstacks/netstacks-plugin/manifest"
	"github.com/netstacks/netstacks-plugin/pkgbuild/nspkg"
)

// uploadPath takes packages (plugin-sdk.txt, "End-to-End Workflow").
const uploadPath = "/api/admin/plugins/upload"

const (
	uploadField = "file"          // of the form, that holds the package
	maxForm     = 1 << 20         // bytes of a form besides the package
	maxFields   = 20              // of a form
	uploadIdle  = 1 * time.Minute // a client may send nothing for that long
	roleAdmin   = "admin"
)

// uploadError is why an upload is refused.
type uploadError struct {
	status  int
	code    string
	message string
	details any
}

func (e *uploadError) Error() string { return e.message }

// uploaded answers an upload. The specification does not say what a Controller answers.
type uploaded struct {
	Name        string `json:"name"`
	Version     string `json:"version"`
	DisplayName string `json:"display_name"`
	Enabled     bool   `json:"enabled"` // that is another request
}

// serveUpload takes a package from an administrator: a multipart form with the field "file". The
// package is read by the one reader of archives, its plugin must be in order by the rules of validate,
// and only then it is extracted into the storage, in place of an earlier one of that name.
func (c *Controller) serveUpload(w http.ResponseWriter, r *http.Request, x *Exchange) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		publicError(w, http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "only POST is possible here")
		return
	}
	user, err := c.user(r)
	if err != nil {
		x.Decision = DecisionUnauthenticated
		refuseUser(w, err)
		return
	}
	if !slices.Contains(user.Roles, roleAdmin) {
		x.Decision = DecisionDenied
		publicError(w, http.StatusForbidden, "FORBIDDEN", "only an administrator uploads plugins")
		return
	}
	x.Decision = DecisionAllowed
	m, err := c.takeUpload(w, r)
	if err != nil {
		refuseUpload(w, r, err)
		return
	}
	x.Plugin = m.Name
	writeJSON(w, http.StatusCreated, uploaded{Name: m.Name, Version: m.Version, DisplayName: m.DisplayName})
}

// refuseUpload answers with the reason.
func refuseUpload(w http.ResponseWriter, r *http.Request, err error) {
	refused := (*uploadError)(nil)
	switch {
	case errors.As(err, &refused):
	case r.Context().Err() != nil:
		refused = &uploadError{status: statusClientGone, code: "INTERRUPTED", message: "the client left before the upload was taken"}
	case errors.Is(err, syscall.ENOSPC):
		refused = &uploadError{status: http.StatusInsufficientStorage, code: "STORAGE_FULL", message: "there is no room for the plugin: " + err.Error()}
	default:
		refused = &uploadError{status: http.StatusInternalServerError, code: "STORAGE_FAILED", message: "the upload could not be stored: " + err.Error()}
	}
	if r.ProtoMajor == 1 { // in HTTP/2 only this request ends, and a closed connection would take the answer along
		w.Header().Set("Connection", "close") // what is left of the body is not worth reading
	}
	publicErrorWith(w, refused.status, refused.code, refused.message, refused.details)
}

// takeUpload stores the package of a request, and returns its manifest.
func (c *Controller) takeUpload(w http.ResponseWriter, r *http.Request) (*manifest.Manifest, error) {
	if c.uploads == nil {
		return nil, &uploadError{status: http.StatusServiceUnavailable, code: "NO_STORAGE", message: "this Controller was started without a folder for uploaded plugins"}
	}
	boundary, err := boundaryOf(r)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > c.uploads.limit+maxForm {
		return nil, tooLargeUpload(c.uploads.limit)
	}
	file, err := c.uploads.spool()
	if err != nil {
		return nil, err
	}
	defer file.discard()
	patient := &patientBody{body: r.Body, conn: http.NewResponseController(w)}
	body := http.MaxBytesReader(w, patient, c.uploads.limit+maxForm)
	name, size, err := receive(multipart.NewReader(body, boundary), file, c.uploads.limit)
	patient.done()
	if err != nil {
		return nil, uploadProblem(err, c.uploads.limit)
	}
	return c.uploads.take(r.Context(), file, name, size)
}

// boundaryOf returns what parts the fields of a form.
func boundaryOf(r *http.Request) (string, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return "", badForm("the body is no multipart form; send the package as its field \"file\", as `curl -F file=@my-plugin-1.0.0.nspkg` does")
	}
	return params["boundary"], nil
}

func badForm(format string, args ...any) error {
	return &uploadError{status: http.StatusBadRequest, code: "INVALID_UPLOAD", message: fmt.Sprintf(format, args...)}
}

func tooLargeUpload(limit int64) error {
	return &uploadError{status: http.StatusRequestEntityTooLarge, code: "PACKAGE_TOO_LARGE", message: fmt.Sprintf("the package is larger than %d bytes, which is all that is allowed; leave out what the plugin does not need at run time", limit)}
}

// receive writes the form's file to out and returns its name and size. It reads the form to its end,
// so that an upload which broke off is not taken for a whole one.
func receive(form *multipart.Reader, out io.Writer, limit int64) (name string, size int64, err error) {
	found := false
	for fields := 0; ; fields++ {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) && errors.Unwrap(err) == nil { // one that is wrapped says that the form broke off
			break
		}
		if err != nil {
			return "", 0, err
		}
		if fields == maxFields {
			return "", 0, badForm("the form has more than %d fields, and one is needed: \"file\"", maxFields)
		}
		if part.FormName() != uploadField {
			continue // the next part begins behind it
		}
		if found {
			return "", 0, badForm("the form has two fields \"file\"; upload one package at a time")
		}
		found, name = true, part.FileName()
		if size, err = io.Copy(out, io.LimitReader(part, limit+1)); err != nil {
			return "", 0, err
		}
		if size > limit {
			return "", 0, tooLargeUpload(limit)
		}
	}
	if !found {
		return "", 0, badForm("the form has no field \"file\"; send the package as `curl -F file=@my-plugin-1.0.0.nspkg` does")
	}
	return name, size, nil
}

// uploadProblem is the error of a body that could not be read, or not be written to the disk.
func uploadProblem(err error, limit int64) error {
	var tooLarge *http.MaxBytesError
	var onDisk *os.PathError
	var refused *uploadError
	switch {
	case errors.As(err, &refused), errors.As(err, &onDisk):
		return err
	case errors.As(err, &tooLarge):
		return tooLargeUpload(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &uploadError{status: http.StatusRequestTimeout, code: "INTERRUPTED", message: fmt.Sprintf("nothing was sent for %s; upload it again", uploadIdle)}
	}
	return badForm("the upload broke off, or is no form: %v; upload it again", err)
}

// patientBody is a body of which each read may take a while, and all of them any time.
type patientBody struct {
	body io.ReadCloser
	conn *http.ResponseController
}

func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(uploadIdle)) // without a connection there is nothing to wait for
	return b.body.Read(p)
}

// done ends the wait for the client: what is done with the body may take any time.
func (b *patientBody) done() { _ = b.conn.SetReadDeadline(time.Time{}) }

// Close closes the body.
func (b *patientBody) Close() error { return b.body.Close() }

// readUpload opens the spooled package as an archive whose plugin is in order.
func readUpload(file io.ReaderAt, name string, size int64) (*nspkg.Archive, *manifest.Manifest, error) {
	archive, err := nspkg.NewArchive(file, size)
	if err != nil {
		return nil, nil, refusedPackage(err)
	}
	stop := make(chan struct{})
	close(stop) // no fixes: nobody repairs an archive
	report := manifest.Check(archive, manifest.Options{Path: name, Stop: stop})
	if !report.OK {
		return nil, nil, &uploadError{status: http.StatusUnprocessableEntity, code: "INVALID_MANIFEST", message: "the plugin is not in order: " + firstProblem(report), details: report}
	}
	return archive, report.Manifest, nil
}

// firstProblem is the first of what stands against a plugin.
func firstProblem(r manifest.Report) string {
	for _, f := range r.Findings {
		if f.Severity == manifest.SeverityError {
			return f.Message
		}
	}
	return "`netstacks-plugin validate` shows what to mend"
}

// refusedPackage gives what the reader refuses its status; any other error stays.
func refusedPackage(err error) error {
	var refused *nspkg.RefusedError
	if !errors.As(err, &refused) {
		return err
	}
	status, code := http.StatusUnprocessableEntity, "INVALID_PACKAGE"
	switch refused.Trick {
	case nspkg.NotAnArchive, nspkg.NothingInside:
		status = http.StatusBadRequest
	case nspkg.TooLarge, nspkg.EntryTooLarge, nspkg.TooManyEntries:
		status, code = http.StatusRequestEntityTooLarge, "PACKAGE_TOO_LARGE"
	}
	return &uploadError{status: status, code: code, message: refused.Error(), details: refused}
}

// take extracts a package into the storage.
func (u *uploads) take(ctx context.Context, file io.ReaderAt, name string, size int64) (*manifest.Manifest, error) {
	archive, m, err := readUpload(file, name, size)
	if err != nil {
		return nil, err
	}
	if err := u.install(ctx, archive, m.Name); err != nil {
		return nil, refusedPackage(err)
	}
	return m, nil
}
