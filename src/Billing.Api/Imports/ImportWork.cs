using Billing.Api.Hosting.Sites;

namespace Billing.Api.Imports;

/// <summary>What a call of <see cref="ImportWork.RunAsync"/> has left.</summary>
public enum ImportProgress
{
    /// <summary>Nothing waits any more.</summary>
    Done,

    /// <summary>Rows wait: the gateway gave no answer about them.</summary>
    SomeWait,

    /// <summary>Another process works on the imports of the site.</summary>
    IsElsewhere,
}

/// <summary>Works on the imports of a site, page by page: on nodes with jobs, and in the verb of an operator.</summary>
/// <remarks>
/// One process at a time works for a site. While a page is committed, the next one is read from the gateway; no
/// transaction is open for that. After a crash the rows without a result are read again.
/// </remarks>
public sealed class ImportWork(ImportPages pages, ImportReads reads, ImportCommits commits, SiteLock locks)
{
    /// <summary>Rows of one commit (docs/decisions/0062).</summary>
    public const int PageSize = 500;

    private const string Work = "import";

    /// <summary>Asks the gateway once about each row that waits.</summary>
    public async Task<ImportProgress> RunAsync(string site, CancellationToken ct)
    {
        await using var held = await locks.TryTakeAsync(Work, site, ct);

        if (held is null)
        {
            return ImportProgress.IsElsewhere;
        }

        var progress = ImportProgress.Done;

        foreach (var import in await pages.WorkingAsync(site, ct))
        {
            await RunAsync(import, ct);
            progress = await pages.FinishAsync(import, ct) ? progress : ImportProgress.SomeWait;
        }

        return progress;
    }

    private async Task RunAsync(ImportPage import, CancellationToken ct)
    {
        var committing = Task.CompletedTask;

        try
        {
            for (var after = 0; await pages.AfterAsync(import, after, PageSize, ct) is { Rows.Count: > 0 } page;)
            {
                var read = await reads.ReadAsync(page, ct);
                await committing;
                committing = commits.RecordAsync(page, read);
                after = page.Last;

                if (read.Count == 0)
                {
                    return;
                }
            }
        }
        finally
        {
            // Also after a failure: the lock is held until nothing is being written.
            await committing;
        }
    }
}
