package pki

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Clusters are thrown away long before this; a short life would only break one that was kept over a holiday.
const lifetime = 5 * 365 * 24 * time.Hour

// Make writes every missing file of the request.
func Make(request Request) error {
	if request.Directory == "" {
		return errors.New("the request has no \"directory\": name the directory that receives the keys")
	}
	if err := os.MkdirAll(request.Directory, 0o700); err != nil {
		return fmt.Errorf("while making the directory of the keys: %w", err)
	}
	at := func(name string) string { return filepath.Join(request.Directory, name) }

	if !exists(at("ca.crt")) {
		if err := makeAuthority(at("ca.crt"), at("ca.key")); err != nil {
			return fmt.Errorf("while making the certificate authority: %w", err)
		}
	}
	if !exists(at("sa.pub")) {
		if err := makeServiceAccountKey(at("sa.key"), at("sa.pub")); err != nil {
			return fmt.Errorf("while making the key of service account tokens: %w", err)
		}
	}
	authority, signer, err := readPair(at("ca.crt"), at("ca.key"))
	if err != nil {
		return fmt.Errorf("while reading the certificate authority: %w", err)
	}
	for _, leaf := range request.Certificates {
		if exists(at(leaf.Name + ".crt")) {
			continue
		}
		if err := makeLeaf(leaf, authority, signer, at(leaf.Name+".crt"), at(leaf.Name+".key")); err != nil {
			return fmt.Errorf("while making the certificate %q: %w", leaf.Name, err)
		}
	}
	return nil
}

func makeAuthority(certificatePath, keyPath string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template, err := newTemplate(pkix.Name{CommonName: "local-cluster"})
	if err != nil {
		return err
	}
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	return sign(template, template, key, key, certificatePath, keyPath)
}

func makeLeaf(leaf Certificate, authority *x509.Certificate, signer crypto.Signer, certificatePath, keyPath string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	subject := pkix.Name{CommonName: leaf.CommonName}
	if leaf.Organization != "" {
		subject.Organization = []string{leaf.Organization}
	}
	template, err := newTemplate(subject)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if len(leaf.Addresses)+len(leaf.DNSNames) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	template.DNSNames = leaf.DNSNames
	for _, text := range leaf.Addresses {
		address := net.ParseIP(text)
		if address == nil {
			return fmt.Errorf("%q is no IP address", text)
		}
		template.IPAddresses = append(template.IPAddresses, address)
	}
	return sign(template, authority, key, signer, certificatePath, keyPath)
}

func newTemplate(subject pkix.Name) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	// A minute of grace for a clock that is set back while the cluster runs.
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now.Add(-time.Minute), NotAfter: now.Add(lifetime)}, nil
}
