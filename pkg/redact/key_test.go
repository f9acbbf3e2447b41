package redact

import "testing"

func TestMoveIsAPermutationWithoutFixedPoints(t *testing.T) {
	k := newSecretKey([]byte("k"))
	for _, n := range []uint64{2, 3, 9, 10, 90, 100, 900, 9000, 65535} {
		seen := make(map[uint64]bool)
		for x := range n {
			y := k.move(x, n)
			if y == x || y >= n || seen[y] {
				t.Fatalf("below %d, %d became %d", n, x, y)
			}
			if back := k.permute(k.permute(x, n, false), n, true); back != x {
				t.Fatalf("below %d, %d came back as %d", n, x, back)
			}
			seen[y] = true
		}
	}
}
