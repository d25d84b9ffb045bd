-- A role points to an account that there is; the role of a subledger to a control account of it, another to none.
SELECT r.company_id AS company, concat_ws(' ', r.role, r.key) AS document, r.account_code, a.subledger,
    x.subledger AS subledger_of_role
FROM ledger.account_role r
    LEFT JOIN ledger.account a ON a.company_id = r.company_id AND a.code = r.account_code
    LEFT JOIN (VALUES
        ('receivable', 'receivable'), ('customer_on_account', 'receivable'), ('payable', 'payable'),
        ('wages_payable', 'wages'), ('goods_received_not_invoiced', 'goods_received'), ('inventory', 'inventory')
    ) AS x (role, subledger) ON x.role = r.role
WHERE a.code IS NULL OR a.subledger IS DISTINCT FROM x.subledger
