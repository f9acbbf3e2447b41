package redact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/bits"
	"strconv"
)

// secretKey computes pseudonyms: what it returns cannot be reversed, or repeated, without the key.
type secretKey struct {
	mac   hash.Hash
	block cipher.Block // for the many short computations of permutations and checks

	buffer  []byte // memory that is used again
	in, out [aes.BlockSize]byte
}

// newSecretKey derives a key from bytes of any length, or from random ones when there are none.
func newSecretKey(key []byte) *secretKey {
	if len(key) == 0 {
		key = make([]byte, 32)
		rand.Read(key) // never returns an error
	}
	derive := func(use string) []byte {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(use))
		return mac.Sum(nil)
	}
	block, err := aes.NewCipher(derive("apizee-hooks scrubbing: permutations"))
	if err != nil {
		panic(err) // of a wrong length, which a hash has not
	}
	return &secretKey{mac: hmac.New(sha256.New, derive("apizee-hooks scrubbing: values")), block: block}
}

// hash returns the first bytes of the keyed hash of a value that is used for one purpose.
func (k *secretKey) hash(purpose, value string) (sum [sha256.Size]byte) {
	k.mac.Reset()
	k.buffer = append(append(append(k.buffer[:0], purpose...), 0), value...)
	k.mac.Write(k.buffer)
	k.buffer = k.mac.Sum(k.buffer[:0])
	return [sha256.Size]byte(k.buffer)
}

// number returns a keyed number below n for a value.
func (k *secretKey) number(purpose, value string, n uint64) uint64 {
	sum := k.hash(purpose, value)
	return binary.BigEndian.Uint64(sum[:]) % n
}

// check returns a keyed check of a number.
func (k *secretKey) check(n uint64) uint64 { return k.encrypt(n, 0, checkUse) }

// Uses of encrypt, besides the rounds of a permutation.
const (
	checkUse = 1 << 16
	shiftUse = 2 << 16
)

func (k *secretKey) encrypt(a uint64, b, use uint32) uint64 {
	binary.BigEndian.PutUint64(k.in[:], a)
	binary.BigEndian.PutUint32(k.in[8:], b)
	binary.BigEndian.PutUint32(k.in[12:], use)
	k.block.Encrypt(k.out[:], k.in[:])
	return binary.BigEndian.Uint64(k.out[:])
}

// move permutes the numbers below n so that none stays: a shift has no fixed point, and neither has its
// conjugate. Different numbers never become the same one.
func (k *secretKey) move(x, n uint64) uint64 {
	shift := 1 + k.encrypt(n, 0, shiftUse)%(n-1)
	return k.permute((k.permute(x, n, false)+shift)%n, n, true)
}

// permute is a keyed permutation of the numbers below n, or its inverse: a Feistel network on the next
// even number of bits, at most 64, repeated until the result is below n.
func (k *secretKey) permute(x, n uint64, inverse bool) uint64 {
	half := (bits.Len64(n-1) + 1) / 2
	mask := uint64(1)<<half - 1
	const rounds = 10
	for {
		left, right := x>>half, x&mask
		for i := range uint32(rounds) {
			if inverse {
				left, right = right^k.encrypt(n, uint32(left), rounds-1-i)&mask, left
			} else {
				left, right = right, left^k.encrypt(n, uint32(right), i)&mask
			}
		}
		if x = left<<half | right; x < n {
			return x
		}
	}
}

// stream returns an endless sequence of keyed bytes for a value.
func (k *secretKey) stream(purpose, value string) func() byte {
	seed := k.hash(purpose, value)
	var block [sha256.Size]byte
	next, count := len(block), 0
	return func() byte {
		if next == len(block) {
			block = k.hash(purpose+strconv.Itoa(count), string(seed[:]))
			next, count = 0, count+1
		}
		next++
		return block[next-1]
	}
}
