using System.Security.Cryptography;

namespace Billing.Audit.Transparency;

/// <summary>The Merkle tree of RFC 6962 (section 2.1) over a growing list of leaf hashes.</summary>
/// <remarks>
/// Keeps only the frontier: the roots of the complete subtrees, largest first, at most 63 hashes. An append costs one
/// hash on average.
/// </remarks>
public sealed class MerkleTree
{
    /// <summary>The length of every hash, in bytes.</summary>
    public const int HashLength = SHA256.HashSizeInBytes;

    private const byte NodePrefix = 1;

    private readonly List<byte[]> frontier = [];

    public MerkleTree()
    {
    }

    /// <param name="size">As <see cref="Size"/> gave it.</param>
    /// <param name="frontier">As <see cref="Frontier"/> gave it at that size.</param>
    /// <exception cref="ArgumentException">The frontier has another length than a tree of that size needs.</exception>
    public MerkleTree(long size, ReadOnlySpan<byte> frontier)
    {
        if (size < 0 || frontier.Length != long.PopCount(size) * HashLength)
        {
            throw new ArgumentException($"A tree of {size} entries has no frontier of {frontier.Length} bytes.");
        }

        Size = size;

        for (; frontier.Length > 0; frontier = frontier[HashLength..])
        {
            this.frontier.Add(frontier[..HashLength].ToArray());
        }
    }

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The hashes from which the tree can be continued, one after the other.</summary>
    public byte[] Frontier => [.. frontier.SelectMany(hash => hash)];

    /// <summary>The root hash; of an empty tree the hash of nothing.</summary>
    public byte[] Root => frontier.Count == 0
        ? SHA256.HashData([])
        : frontier[..^1].AsEnumerable().Reverse().Aggregate(frontier[^1], (right, left) => Node(left, right));

    /// <param name="leafHash">SHA-256 over a zero byte and the entry.</param>
    public void Append(byte[] leafHash)
    {
        var hash = leafHash;

        // Each complete subtree of the same height is joined, as in a binary carry.
        for (var rest = Size; (rest & 1) == 1; rest >>= 1)
        {
            hash = Node(frontier[^1], hash);
            frontier.RemoveAt(frontier.Count - 1);
        }

        frontier.Add(hash);
        Size++;
    }

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> joined = stackalloc byte[1 + (2 * HashLength)];
        joined[0] = NodePrefix;
        left.CopyTo(joined[1..]);
        right.CopyTo(joined[(1 + HashLength)..]);

        return SHA256.HashData(joined);
    }
}
