using Billing.EventStore;
using Npgsql;

namespace Billing.Messaging;

/// <summary>The last statements on rows that are ours: deleted, handed back, put to rest or buried.</summary>
internal static class Endings
{
    public static void Write(NpgsqlBatch batch, IReadOnlyCollection<Settlement> own, DateTimeOffset databaseNow)
    {
        var finished = own.Where(s => s.Ending is Ending.Finished).Select(s => s.Message).ToArray();
        if (finished.Length > 0)
        {
            batch.Add(Sql.Finish, Ids(finished), Tokens(finished));
        }

        // The rare ends go one statement each: an update that joins arrays invites a bad plan.
        foreach (var (message, ending) in own.Select(s => (s.Message, s.Ending)))
        {
            switch (ending)
            {
                case Ending.HandedBack handedBack:
                    batch.Add(Sql.HandBack, Ids([message]), Tokens([message]), handedBack.Delay);
                    break;
                case Ending.Retried retried:
                    batch.Add(Sql.Retry, message.Id, message.Token, retried.Delay);
                    break;
                case Ending.Died died:
                    batch.Add(Sql.Bury, message.Id, message.Token, died.Reason, died.Stack, databaseNow);
                    break;
            }
        }
    }

    private static Guid[] Ids(Claimed[] messages) => Array.ConvertAll(messages, m => m.Id);

    private static Guid[] Tokens(Claimed[] messages) => [.. messages.Select(m => m.Token).Distinct()];
}
