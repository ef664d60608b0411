using Marten;

namespace Billing.Api.Operations.Audit;

/// <summary>Compares the stored documents of a view with those that replay gives.</summary>
public sealed class ViewComparison(
    ISerializer serializer, View view, IReadOnlyDictionary<(Guid Stream, string Id), StoredDocument> stored)
{
    private readonly ILookup<Guid, string> idsOf = stored.Keys.ToLookup(key => key.Stream, key => key.Id);

    public IEnumerable<AuditDifference> Compare(StreamRange range, IReadOnlyList<StoredStream> streams)
    {
        // Of a stream that is not whole, that is the finding.
        foreach (var difference in streams.Where(stream => stream.IsWhole).SelectMany(Compare))
        {
            yield return difference;
        }

        foreach (var (stream, _) in stored.Keys.ExceptBy(streams.Select(stream => stream.Id), key => key.Stream))
        {
            yield return new(range.Site, stream, null, $"A document of {view.Name} has no stream.");
        }
    }

    private IEnumerable<AuditDifference> Compare(StoredStream stream)
    {
        try
        {
            return [.. Compare(stream, view.Fold(stream))];
        }
#pragma warning disable CA1031 // Whatever a changed event makes the fold throw is a finding about this stream.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return [Of(stream, $"The stream does not replay to {view.Name}: {error.Message}")];
        }
    }

    private IEnumerable<AuditDifference> Compare(StoredStream stream, IReadOnlyDictionary<string, object> expected)
    {
        foreach (var (id, document) in expected)
        {
            if (!stored.TryGetValue((stream.Id, id), out var found))
            {
                yield return Of(stream, $"A document of {view.Name} is missing.");
                continue;
            }

            IReadOnlyList<string> fields =
            [
                .. JsonDifferences.Between(serializer.ToJson(document), found.Json),
                .. found.DifferingColumns.Split(',', StringSplitOptions.RemoveEmptyEntries)
                    .Select(column => $"column {column}"),
            ];

            if (fields.Count > 0)
            {
                yield return Of(
                    stream, $"A document of {view.Name} differs from replay in {string.Join(", ", fields)}.");
            }
        }

        foreach (var _ in idsOf[stream.Id].Except(expected.Keys))
        {
            yield return Of(stream, $"A document of {view.Name} does not come from the events.");
        }
    }

    private static AuditDifference Of(StoredStream stream, string what) => new(stream.Site, stream.Id, null, what);
}
