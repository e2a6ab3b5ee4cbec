import { Skeleton } from "./Skeleton";

/** A table that is on its way. */
export function TableSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div className="card divide-y divide-line">
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className="flex items-center gap-6 px-4 py-3.5">
          <Skeleton className="max-w-64" />
          <Skeleton className="ml-auto max-w-20 max-sm:hidden" />
          <Skeleton className="max-w-16" />
        </div>
      ))}
    </div>
  );
}

/** A page of facts and a table that is on its way. */
export function DetailSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      <div className="card grid grid-cols-2 gap-5 p-5 lg:grid-cols-4">
        {Array.from({ length: 8 }, (_, i) => (
          <div key={i} className="flex flex-col gap-1.5">
            <Skeleton className="h-3 max-w-16" />
            <Skeleton className="max-w-32" />
          </div>
        ))}
      </div>
      <TableSkeleton rows={7} />
    </div>
  );
}
