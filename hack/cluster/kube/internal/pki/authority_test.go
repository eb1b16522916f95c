package pki

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"testing"
)

var request = []Certificate{
	{Name: "apiserver", CommonName: "kube-apiserver", Addresses: []string{"10.250.0.11"}, DNSNames: []string{"kubernetes"}},
	{Name: "admin", CommonName: "admin", Organization: "system:masters"},
}

func made(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	if err := Make(Request{directory, request}); err != nil {
		t.Fatal(err)
	}
	return directory
}

func verify(t *testing.T, directory, name string, usage x509.ExtKeyUsage) (*x509.Certificate, error) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(directory, name+".crt"), filepath.Join(directory, name+".key"))
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(filepath.Join(directory, "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{usage}})
	return leaf, err
}

func TestServerCertificate(t *testing.T) {
	leaf, err := verify(t, made(t), "apiserver", x509.ExtKeyUsageServerAuth)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"10.250.0.11", "kubernetes"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
}

func TestClientCertificateServesNoServer(t *testing.T) {
	directory := made(t)
	leaf, err := verify(t, directory, "admin", x509.ExtKeyUsageClientAuth)
	if err != nil || leaf.Subject.Organization[0] != "system:masters" {
		t.Errorf("got %v, %v", leaf.Subject, err)
	}
	if _, err := verify(t, directory, "admin", x509.ExtKeyUsageServerAuth); err == nil {
		t.Error("a client's certificate is good for a server")
	}
}

func TestKeysAreTheirOwnersAlone(t *testing.T) {
	directory := made(t)
	for _, name := range []string{"ca.key", "sa.key", "admin.key"} {
		info, err := os.Stat(filepath.Join(directory, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestSecondRunKeepsWhatThereIsAndAddsWhatIsMissing(t *testing.T) {
	directory := made(t)
	before, _ := os.ReadFile(filepath.Join(directory, "admin.crt"))
	if err := Make(Request{directory, append(request, Certificate{Name: "node4", CommonName: "system:node:node4"})}); err != nil {
		t.Fatal(err)
	}
	after, _ := os.ReadFile(filepath.Join(directory, "admin.crt"))
	if string(before) != string(after) {
		t.Error("a certificate in use was replaced")
	}
	if _, err := verify(t, directory, "node4", x509.ExtKeyUsageClientAuth); err != nil {
		t.Error(err)
	}
}

func TestRefusesAWrongAddress(t *testing.T) {
	wrong := []Certificate{{Name: "x", CommonName: "x", Addresses: []string{"10.250.0"}}}
	if err := Make(Request{t.TempDir(), wrong}); err == nil {
		t.Error("an address that is none was accepted")
	}
}
