using Billing.Api.Charges;
using Billing.Domain.Preapprovals;
using Marten;
using Marten.Schema;

namespace Billing.Api.Operations.Audit;

/// <summary>A document type that is folded from streams, with the fold that the inline projection uses.</summary>
/// <param name="StreamColumn">Of its table.</param>
/// <param name="Fold">The documents of one stream, by id.</param>
/// <param name="Store">Stores a document that was folded from a stream of that version.</param>
public sealed record View(
    string Name, Type Document, string StreamColumn, Func<StoredStream, IReadOnlyDictionary<string, object>> Fold,
    Action<IDocumentSession, object, long> Store)
{
    public static readonly IReadOnlyList<View> All =
    [
        new("subscriptions", typeof(Preapproval), "id", FoldSubscription,
            (session, document, version) => StoreSubscription(session, (Preapproval)document, version)),
        new("payments", typeof(Payment), "preapproval_id", FoldPayments,
            (session, document, _) => session.Store((Payment)document)),
    ];

    public static View Named(string name) => All.Single(view => view.Name == name);

    /// <summary>The name of its table, with the schema.</summary>
    public string TableOf(IDocumentStore store) => MappingOf(store).TableName.QualifiedName;

    /// <summary>An SQL expression that lists the columns which differ from the JSON that they are copies of.</summary>
    public string DifferingColumns(IDocumentStore store)
    {
        var checks = MappingOf(store).DuplicatedFields.Select(field =>
        {
            var json = field.UpdateSqlFragment().Split(" = ", 2)[1];
            var isTime = field.PgType.StartsWith("timestamp", StringComparison.Ordinal);
            var differs = $"{field.ColumnName} is distinct from ({json})";

            var unless = isTime ? UnlessRounded(field.ColumnName, json) : "";

            return $"case when {differs}{unless} then '{field.ColumnName}' end";
        });

        // Marten's revision of the document is the version of its stream.
        var ofRevision = MappingOf(store).Metadata.Revision is { Enabled: true, Member: { } member }
            ? [$"case when d.mt_version is distinct from (d.data ->> '{member.Name}')::bigint then 'mt_version' end"]
            : Array.Empty<string>();

        return $"concat_ws(',', {string.Join(", ", checks.Concat(ofRevision))})";
    }

    // JSON has ten times the digits of a column, which cuts them off where a cast of the JSON rounds.
    private static string UnlessRounded(string column, string json) =>
        $" and coalesce(abs(extract(epoch from {column} - ({json}))) > 0.000001, true)";

    private DocumentMapping MappingOf(IDocumentStore store) =>
        (DocumentMapping)store.Options.FindOrResolveDocumentType(Document);

    private static Dictionary<string, object> FoldSubscription(StoredStream stream)
    {
        var state = stream.Events.Aggregate(
            (Preapproval?)null, (state, row) => Preapproval.FoldSnapshot(state, row.Event));

        if (state is null)
        {
            return [];
        }

        state.Version = (int)stream.Version;

        return new() { [$"{stream.Id}"] = state };
    }

    private static void StoreSubscription(IDocumentSession session, Preapproval state, long version)
    {
        state.Version = (int)version;
        session.UpdateRevision(state, version);
    }

    private static Dictionary<string, object> FoldPayments(StoredStream stream)
    {
        var payments = new Dictionary<string, object>(StringComparer.Ordinal);

        foreach (var row in stream.Events)
        {
            foreach (var id in PaymentProjection.ChargesOf(row.Event))
            {
                payments[id] = PaymentProjection.Fold(
                    (Payment?)payments.GetValueOrDefault(id), stream.Id, row.Version, row.Event);
            }
        }

        return payments;
    }
}
